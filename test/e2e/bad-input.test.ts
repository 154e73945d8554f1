import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createEmbeddedBackbone } from "../../streams/index.ts";
import { badInput } from "./bad-input.ts";
import { flights, loopstream, temporaryDir } from "./command.ts";

badInput("embedded", async () => {
  const dir = temporaryDir();
  const backbone = await createEmbeddedBackbone({ dir: dir.path });
  return {
    backbone,
    registry: backbone.registry,
    subjectPrefix: "",
    stateDir: join(dir.path, "state"),
    async close() {
      await backbone.close();
      dir.remove();
    },
  };
});

test("a blueprint with a misspelt field is refused with its line, its name and what was meant", async () => {
  const dir = temporaryDir();
  const file = join(dir.path, "misspelt.yaml");
  writeFileSync(file, readFileSync(flights.blueprint, "utf8").replace("  aggregate: latest", "  agregate: latest"));
  const { code, stderr } = await loopstream(["blueprint", "publish", file, "--dir", dir.path]);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /misspelt\.yaml:\d+:3 label\.agregate: unknown field "agregate" \(did you mean "aggregate"\?\)/,
  );
  const { json } = await loopstream(["blueprint", "list", "--json", "--dir", dir.path]);
  // Nothing was begun for it.
  expect(json).toMatchObject({ code: "BAD_SETTING", error: expect.stringContaining("there is no log") });
  dir.remove();
});

test(
  "an import names its three bad lines, keeps them in the dead letters and takes the rest",
  { timeout: 900_000 },
  async () => {
    const dir = temporaryDir();
    const at = ["--dir", dir.path, "--json"];
    const cut = (file: string, lines: number): string[] =>
      gunzipSync(readFileSync(file))
        .toString()
        .split("\n")
        .slice(0, lines + 1);
    const rows = cut(flights.decisions, 50);
    rows[3] = rows[3]!.split(",").slice(0, 10).join(",");
    rows[7] = rows[7]!.replace(/2013-01-01T\d\d/, "yesterday");
    rows[20] = rows[20]!.replace(/^[0-9a-f]+/, "");
    const decisionsFile = join(dir.path, "decisions.csv");
    const observationsFile = join(dir.path, "observations.csv");
    writeFileSync(decisionsFile, rows.join("\n"));
    writeFileSync(observationsFile, cut(flights.observations, 40).join("\n"));
    appendFileSync(observationsFile, "\n");
    await loopstream(["blueprint", "publish", flights.blueprint, ...at]);
    const files = ["--decisions", decisionsFile, "--observations", observationsFile];
    const { code, json } = await loopstream(["import", "--use-case", "flight-delays", ...files, ...at]);
    expect(code).toBe(4);
    expect(json).toMatchObject({ decisions: 47, observations: 39, waiting: 1, badLines: 3 });
    expect(json["lines"]).toEqual([
      { file: decisionsFile, line: 4, problem: expect.stringContaining("28 columns") as string },
      { file: decisionsFile, line: 8, problem: expect.stringContaining("yesterday") as string },
      { file: decisionsFile, line: 21, problem: "decision_id is empty" },
    ]);
    const { stdout } = await loopstream(["topics", "read", "dead-letters", ...at]);
    const letters = stdout
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { value: Record<string, unknown> }).value);
    expect(letters.map(({ offset, code: reason }) => [offset, reason]).sort()).toEqual([
      [21, "BAD_LINE"],
      [4, "BAD_LINE"],
      [8, "BAD_LINE"],
    ]);
    dir.remove();
  },
);
