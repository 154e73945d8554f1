import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compileBlueprint, type CompiledBlueprint } from "../../blueprints/index.ts";
import { openTools } from "../../loop/index.ts";
import { LeftOutRows, openSpill, readRows, rowOf, rowsInOrder, rowsTopic } from "../../rows/index.ts";
import type { KnownVersions } from "../../rows/known-versions.ts";
import type { Joined, TrainingRow } from "../../schemas/index.ts";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../streams/index.ts";
import { decision, HOUR, PARCELS, START } from "../operators/parcels.ts";

const LATE = { when: 'kind == "arrival"', value: "delay >= 10", wait: "2h" };
const one = compileBlueprint(PARCELS);
const labels = (...of: readonly string[]): string =>
  PARCELS.replace(
    /label:\n(?: {2}.*\n){4}/,
    `labels:\n${of
      .map((name) =>
        name === "late"
          ? `  late: { when: ${LATE.when}, value: ${LATE.value}, wait: ${LATE.wait} }\n`
          : `  ${name}: { value: delay, aggregate: sum, wait: 1h, objective: regression }\n`,
      )
      .join("")}`,
  );
/** The label that `one` has is the second of them. */
const several = compileBlueprint(labels("minutes", "late"));
const turned = compileBlueprint(labels("late", "minutes"));
/** Rewards of one name and different formulas. */
const dear = compileBlueprint(`${labels("minutes", "late")}reward: coalesce(minutes, 0) - 5 * late\n`);
const cheap = compileBlueprint(
  `${labels("late", "minutes")}reward: { formula: minutes - blame * late, weights: { blame: 1 } }\n`,
);
const alone = compileBlueprint(`${PARCELS}reward: 3 * late\n`);
const versions = [one, several, turned, dear, cheap, alone];
const known: KnownVersions = {
  version: (_, version) => versions.find(({ blueprint }) => blueprint.version === version),
  problem: () => undefined,
};

type Labels = Readonly<Record<string, number | null>>;
function joined(by: CompiledBlueprint, id: string, of: Labels): Joined {
  const { blueprint } = by;
  const [first, ...others] = blueprint.labels.map(({ name }) => {
    const label = of[name] ?? null;
    return { name, label, labelTime: label === null ? null : START + HOUR };
  });
  const made = decision(id, START, { blueprintVersion: blueprint.version, predictions: { late: 0.75, minutes: 4 } });
  return {
    decision: made,
    ...first!,
    rowTime: START + 2 * HOUR,
    maturity: "mature",
    others,
    waiting: [],
    settled: [],
    option: null,
    position: null,
  };
}

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Awaited<ReturnType<typeof openTools>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-rows-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 1, codeVersion: "1.0.0" });
  await backbone.ensureTopics([{ name: rowsTopic(one).name, partitions: 1, cleanup: "delete" }]);
});
afterEach(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
});

async function written(by: CompiledBlueprint, ...rows: readonly (readonly [id: string, labels: Labels])[]) {
  for (const [key, of] of rows) {
    const value = rowOf(joined(by, key, of), by);
    await tools.serdes.open(rowsTopic(by));
    await tools.publisher.publish([{ topic: rowsTopic(by), key, value, time: START + 2 * HOUR }]);
  }
}
const read = async (by: CompiledBlueprint) => readRows(backbone, tools.serdes, by, known, Number.POSITIVE_INFINITY);
const shown = (rows: readonly TrainingRow[], ...names: readonly string[]) =>
  rows.map((row) => [row["decisionId"], ...names.map((name) => row[name])]);

test("a row has a column for each label, null where there is none; one whose first label is missing has all others", async () => {
  await written(several, ["d1", { minutes: 4, late: 0 }], ["d2", { late: 1 }], ["d3", { minutes: 12 }]);
  const { rows } = await read(several);
  for (const row of rows) expect(row).not.toHaveProperty("label");
  expect(shown(rows, "label_minutes", "label_late", "labelTime_late", "prediction_late", "prediction_minutes")).toEqual(
    [
      ["d1", 4, 0, START + HOUR, 0.75, 4],
      ["d2", null, 1, START + HOUR, 0.75, 4],
      ["d3", 12, null, null, 0.75, 4],
    ],
  );
});

describe("a version with one of several labels", () => {
  test("reads it from the rows of the others, and leaves out decisions without it", async () => {
    await written(one, ["d0", { late: 1 }]);
    await written(several, ["d1", { minutes: 4, late: 0 }], ["d2", { late: 1 }], ["d3", { minutes: 12 }]);
    await written(turned, ["d4", { late: 1 }], ["d5", { minutes: 3 }]);
    const found = await read(one);
    const expected = [
      ["d0", 1, START + HOUR],
      ["d1", 0, START + HOUR],
      ["d2", 1, START + HOUR],
      ["d4", 1, START + HOUR],
    ];
    expect(shown(found.rows, "label", "labelTime")).toEqual(expected);
    expect(found.leftOut).toEqual([]);
    const leftOut = new LeftOutRows(one.blueprint, known);
    const inOrder: TrainingRow[] = [];
    const options = { from: 0, to: Number.POSITIVE_INFINITY, leftOut, bytes: 1e6, spill: openSpill };
    for await (const row of rowsInOrder(backbone, tools.serdes, one, known, options)) inOrder.push(row);
    expect(inOrder).toEqual(found.rows);
    expect(Object.keys(inOrder[1]!).sort()).toEqual(Object.keys(inOrder[0]!).sort());
  });

  test("has rows that may follow theirs on the topic", async () => {
    await written(several, ["d1", { minutes: 4 }]);
    await expect(tools.serdes.open(rowsTopic(one))).resolves.toBeUndefined();
  });
});

test("versions with the same labels in another order read each other's rows by name", async () => {
  await written(several, ["d1", { minutes: 4, late: 0 }]);
  await written(turned, ["d2", { minutes: 7, late: 1 }]);
  for (const by of [several, turned]) {
    expect(shown((await read(by)).rows, "label_minutes", "label_late")).toEqual([
      ["d1", 4, 0],
      ["d2", 7, 1],
    ]);
  }
});

test("a version with several labels leaves out rows that have not all of them, and says so", async () => {
  await written(one, ["d1", { late: 1 }]);
  const { rows, leftOut } = await read(several);
  expect([rows, leftOut]).toMatchObject([[], [{ rows: 1, reason: "labels.minutes: no such label there" }]]);
});

test("the reward of a row is that of the version that reads it, also where its rows have another or none", async () => {
  await written(dear, ["d1", { minutes: 4, late: 1 }], ["d2", { late: 1 }]);
  await written(cheap, ["d3", { minutes: 7, late: 1 }], ["d4", { minutes: 2 }]);
  await written(several, ["d5", { minutes: 9, late: 0 }]);
  await written(one, ["d6", { late: 1 }]);
  await written(alone, ["d7", { late: 1 }]);
  expect(shown((await read(dear)).rows, "reward")).toEqual([
    ["d1", -1],
    ["d2", -5],
    ["d3", 2],
    ["d4", null],
    ["d5", 9],
  ]);
  expect(shown((await read(cheap)).rows, "reward")).toEqual([
    ["d1", 3],
    ["d2", null],
    ["d3", 6],
    ["d4", null],
    ["d5", 9],
  ]);
  expect(shown((await read(alone)).rows, "reward")).toEqual([
    ["d1", 3],
    ["d2", 3],
    ["d3", 3],
    ["d5", 0],
    ["d6", 3],
    ["d7", 3],
  ]);
  for (const row of (await read(several)).rows) expect(row).not.toHaveProperty("reward");
});

test("a reward is null while a label of it waits, though its formula takes a missing one", () => {
  const { decision, ...given } = joined(dear, "d", { late: 1 });
  const row = (waiting: readonly string[]) => rowOf({ decision, ...given, waiting }, dear);
  expect(row([])).toMatchObject({ reward: -5, maturity_minutes: "mature", maturity_late: "mature" });
  expect(row(["minutes"])).toMatchObject({ reward: null, maturity_minutes: "waiting", maturity_late: "mature" });
});
