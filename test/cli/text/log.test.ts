import { afterEach, expect, test, vi } from "vitest";
import { createLog } from "../../../cli/text/log.ts";
import { useVoice } from "../../../cli/terminal/voice.ts";

afterEach(() => {
  vi.restoreAllMocks();
  useVoice({ json: false, logFormat: "auto" });
});

/** Whatever the log writes to stderr. */
function stderr(isTTY: boolean): string[] {
  const lines: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => (lines.push(String(text)), true));
  Object.defineProperty(process.stderr, "isTTY", { value: isTTY, configurable: true });
  return lines;
}

test("a terminal gets text, anything else JSON, and --log-format chooses either", () => {
  const { isTTY } = process.stderr;
  try {
    const json: string[] = [];
    const destination = { write: (line: string) => void json.push(line) };
    const text = stderr(true);
    createLog(false, { destination }).warn({ n: 1 }, "on a terminal");
    expect(text.join("")).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}\S*warn/);
    expect(text.join("")).toContain("on a terminal");
    createLog(true, { destination }).info({}, "for a program");
    useVoice({ json: false, logFormat: "json" });
    createLog(false, { destination }).info({}, "asked for");
    expect(json.map((line) => (JSON.parse(line) as { readonly msg: string }).msg)).toEqual([
      "for a program",
      "asked for",
    ]);
    vi.restoreAllMocks();
    const piped = stderr(false);
    useVoice({ json: false, logFormat: "auto" });
    createLog(false, { destination }).info({ n: 2 }, "to a file");
    expect(JSON.parse(json.at(-1)!)).toMatchObject({ msg: "to a file", n: 2 });
    useVoice({ json: false, logFormat: "text" });
    createLog(false, { destination }).info({ n: 3 }, "as text");
    expect(piped.join("")).toMatch(/ info {3}as text {2}n=3\n$/);
  } finally {
    Object.defineProperty(process.stderr, "isTTY", { value: isTTY, configurable: true });
  }
});
