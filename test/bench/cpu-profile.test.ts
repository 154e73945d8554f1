import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { readCpuProfile } from "../../bench/decisions/cpu-profile.ts";

const dir = mkdtempSync(join(tmpdir(), "loopstream-profile-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const url = (path: string): string => pathToFileURL(resolve(import.meta.dirname, "../..", path)).href;

test("self time is summed by room, package and kind, without the first two fifths and what was idle", () => {
  const frames = [
    ["work", "8", url("streams/backbones/kafka/records/batch-encode.ts")],
    ["run", "9", url("node_modules/onnxruntime-node/dist/backend.js")],
    ["writeDecision", "10", ""],
    ["utf8Slice", "0", ""],
    ["(garbage collector)", "0", ""],
    ["(idle)", "0", ""],
    ["emit", "11", "node:events"],
    ["startUp", "12", url("streams/runtime/topics.ts")],
  ] as const;
  const nodes = frames.map(([functionName, scriptId, at], id) => ({
    id,
    callFrame: { functionName, scriptId, url: at, lineNumber: 0 },
  }));
  const samples = [7, 7, 7, 7, 5, 5, 0, 1, 2, 3, 4, 6];
  const file = join(dir, "a.cpuprofile");
  writeFileSync(file, JSON.stringify({ nodes, samples, timeDeltas: samples.map((id) => (id === 0 ? 500 : 100)) }));
  const { idle, places, functions } = readCpuProfile(file);
  expect(idle).toBeCloseTo(1 / 6);
  expect(places[0]).toEqual({ name: "streams/backbones/kafka", share: 0.5 });
  expect(places.map(({ name }) => name).sort()).toEqual(
    ["streams/backbones/kafka", "onnxruntime-node", "avsc", "native code", "(garbage collector)", "node"].sort(),
  );
  expect(functions[0]!.name).toBe("work streams/backbones/kafka/records/batch-encode.ts:1");
});
