import { WriteStream } from "node:tty";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { progress } from "../../../cli/text/progress.ts";

/** A stream that says it is a terminal, and what was written to it. */
function terminal(isTTY: boolean): { readonly stream: NodeJS.WriteStream; text(): string } {
  const written: string[] = [];
  const through = new PassThrough();
  through.on("data", (chunk: Buffer) => written.push(chunk.toString()));
  const stream = Object.assign(through, {
    isTTY,
    columns: 120,
    rows: 40,
    cursorTo: WriteStream.prototype.cursorTo,
    clearLine: WriteStream.prototype.clearLine,
  }) as unknown as NodeJS.WriteStream;
  return { stream, text: () => written.join("") };
}

describe("progress", () => {
  test("shows the label, the share and the words on a terminal", () => {
    const { stream, text } = terminal(true);
    const bar = progress("Reading", 80_000, { stream });
    bar.update(20_000, "January");
    bar.stop();
    expect(text()).toContain("Reading [");
    expect(text()).toMatch(/25% 20,000\/80,000 January/);
  });

  test("counts when the total is not known", () => {
    const { stream, text } = terminal(true);
    const bar = progress("Reading", null, { stream });
    bar.update(1_234);
    bar.update(5_678, "rows");
    bar.stop();
    expect(text()).toContain("Reading 5,678 rows");
    expect(text()).not.toContain("%");
  });

  test("writes nothing where there is no terminal, or when it is turned off", () => {
    for (const { isTTY, enabled } of [
      { isTTY: false, enabled: true },
      { isTTY: true, enabled: false },
    ]) {
      const { stream, text } = terminal(isTTY);
      const bar = progress("Reading", 10, { stream, enabled });
      bar.update(5, "half");
      bar.stop();
      expect(text()).toBe("");
    }
  });
});
