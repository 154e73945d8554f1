import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { decisions } from "../../schemas/index.ts";
import { createEmbeddedBackbone, readTopic, Serdes, prefixed } from "../../streams/index.ts";
import { hashRows, newestRows, rowsTopic } from "../../rows/index.ts";
import { program } from "../program/program.ts";
import { flights, loopstream, root, temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

const TEXT = readFileSync(flights.blueprint, "utf8");
const FEATURE = "  - m_dest_dep_2h: { mean: delay_min, of: departure, by: dest, in: 2h }\n";
const NEW = TEXT.replace("  - m_origin_dep_1h:", `${FEATURE}  - m_origin_dep_1h:`);
const file = (name: string): string => join(dir.path, name);

/** The lines of a file of history with a time before the moment. */
function until(path: string, column: string, moment: string): string {
  const [head, ...lines] = gunzipSync(readFileSync(path)).toString().trimEnd().split("\n");
  const at = head!.split(",").indexOf(column);
  return [head, ...lines.filter((line) => line.split(",")[at]! < moment)].join("\n") + "\n";
}

/** Three days; the whole quarter with LOOPSTREAM_QUARTER=1, which takes minutes. */
const QUARTER = process.env["LOOPSTREAM_QUARTER"] === "1";
const [DECIDED, OBSERVED] = QUARTER ? ["2013-04-01", "2013-05-01"] : ["2013-01-04", "2013-01-06"];
const timeout = QUARTER ? 3_600_000 : 300_000;

/** History that was decided live by a version. */
async function importInto(name: string, text: string, partitions: number): Promise<void> {
  writeFileSync(file(`${name}.yaml`), text);
  const at = ["--dir", file(name), "--partitions", String(partitions)];
  const published = await loopstream(["blueprint", "publish", file(`${name}.yaml`), ...at]);
  expect(published.code, published.stderr).toBe(0);
  const files = ["--decisions", file("decisions.csv"), "--observations", file("observations.csv")];
  const imported = await loopstream([
    "import",
    "--use-case",
    "flight-delays",
    "--unit",
    "carrier+flight",
    ...files,
    ...at,
  ]);
  expect(imported.code, imported.stderr).toBe(0);
}

async function liveSha(name: string, text: string): Promise<string> {
  const backbone = await createEmbeddedBackbone({ dir: file(name) });
  const rows = rowsTopic(compileBlueprint(text));
  const found = await newestRows(backbone, new Serdes(backbone.registry), rows);
  await backbone.close();
  expect(found.length).toBeGreaterThan(2_000);
  return hashRows([rows, found]);
}

async function featuresOf(name: string, prefix = ""): Promise<ReadonlyMap<string, string>> {
  const backbone = await createEmbeddedBackbone({ dir: file(name) });
  const features = new Map<string, string>();
  for await (const { key, value } of readTopic(prefixed(backbone, prefix), new Serdes(backbone.registry), decisions)) {
    features.set(key, JSON.stringify(value.features));
  }
  await backbone.close();
  return features;
}

const replay = (name: string, more: readonly string[] = []): string[] => [
  "replay",
  "--use-case",
  "flight-delays",
  "--json",
  "--dir",
  file(name),
  ...more,
];

beforeAll(() => {
  writeFileSync(file("decisions.csv"), until(flights.decisions, "decision_ts", DECIDED));
  writeFileSync(file("observations.csv"), until(flights.observations, "event_ts", OBSERVED));
});

describe.each([1, 4, 16])("with %i partitions", (partitions) => {
  const name = `p${partitions}`;

  test("a replay makes the live rows, killed with -9 again and again, its state deleted", { timeout }, async () => {
    await importInto(name, TEXT, partitions);
    for (const killAfterMs of [1_500, 2_500, 4_000]) {
      await loopstream(replay(name, ["--step", "2h"]), { killAfterMs });
      if (killAfterMs === 2_500) rmSync(join(file(name), "replays"), { recursive: true, force: true });
    }
    const { code, json, stderr } = await loopstream(replay(name, ["--step", "2h"]));
    expect(code, stderr).toBe(0);
    expect(json["rowsSha256"]).toBe(await liveSha(name, TEXT));
    expect(json).toMatchObject({ deadLetters: 0, late: 0, waiting: 0 });
  });
});

test("a feature of a later version is for every decision what it would have been live", { timeout }, async () => {
  await importInto("new", NEW, 4);
  const { version } = compileBlueprint(NEW).blueprint;
  const at = ["--dir", file("p4")];
  const stored = await loopstream(["blueprint", "publish", file("new.yaml"), "--not-live", ...at]);
  expect(stored.code, stored.stderr).toBe(0);
  const { code, json, stderr } = await loopstream(replay("p4", ["--blueprint", version]));
  expect(code, stderr).toBe(0);
  expect(json["rowsSha256"]).toBe(await liveSha("new", NEW));
  const again = await featuresOf("p4", `${String(json["replay"])}-`);
  expect(again).toEqual(await featuresOf("new"));
  expect(again.size).toBe(json["decisions"]);
  const known = [...again.values()].filter((text) => (JSON.parse(text) as unknown[])[21] !== null);
  expect(known.length).toBeGreaterThan(500);
});

test("a replay goes on beside the loop that has the log open", { timeout: 900_000 }, async () => {
  const child = spawn(process.execPath, [program(), "start", "--json", "--dir", file("p1")], {
    cwd: root,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      child.once("exit", () => reject(new Error("the loop did not stay up")));
      child.stdout.on("data", (text: Buffer) => String(text).includes("the loop is running") && resolve());
    });
    const { code, json, stderr } = await loopstream(replay("p1", ["--fresh", "--pace", "0.8"]));
    expect(code, stderr).toBe(0);
    expect(json).toMatchObject({ replay: expect.stringMatching(/-2$/), resumed: false });
    child.removeAllListeners("exit");
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("close", resolve));
    expect(json["rowsSha256"]).toBe(await liveSha("p1", TEXT));
  } finally {
    child.kill("SIGKILL");
  }
});

test("what can't be replayed is said with the flag that is wrong", { timeout: 900_000 }, async () => {
  const said = async (more: readonly string[], useCase = "flight-delays"): Promise<string> => {
    const { code, stderr } = await loopstream(["replay", "--use-case", useCase, "--dir", file("p16"), ...more]);
    expect(code, stderr).toBe(2);
    return stderr;
  };
  expect(await said(["--from", "2013-01-02T00:00:00"])).toContain(
    "--from 2013-01-02T00:00:00: write a time with its zone",
  );
  expect(await said(["--from", "2013-02-01", "--to", "2013-01-01"])).toContain(
    "--from 2013-02-01T00:00:00.000Z is not before",
  );
  expect(await said(["--from", "2020-01-01"])).toContain("there is no request from 2020-01-01");
  expect(await said(["--blueprint", "nothere"])).toContain("has no blueprint version nothere: published are");
  expect(await said([], "letters")).toContain('unknown use case "letters": known are flight-delays');
  expect(await said(["--step", "soon"])).toContain("--step soon: write a duration");
  expect(await said(["--pace", "2"])).toContain("--pace 2: write a share");
});
