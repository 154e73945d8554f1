import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { rowTable } from "../../cli/files/index.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import { etl } from "../../operators/index.ts";
import {
  LeftOutRows,
  openSpill,
  readRows,
  rowColumns,
  rowOf,
  rowsInOrder,
  rowsTopic,
  splitNewest,
} from "../../rows/index.ts";
import { blueprints, deadLetters, joined, type TrainingRow } from "../../schemas/index.ts";
import { createEmbeddedBackbone, createTestDriver, defineTopology, readTable } from "../../streams/index.ts";
import { random, shuffled } from "../blueprints/random.ts";
import { published } from "../operators/parcels.ts";
import { compiled, HOUR, joinedOf, option, ranking, START, TEXT } from "./option-rows.ts";

const MINUTE = 60_000;
const SHOWN = [option("b", 1, 2), option("a", 2, null), option("z", null, 9)];

describe("a row of an option", () => {
  test("has the features of decision and option, what was predicted of it, and where it was shown", async () => {
    const topology = defineTopology({ name: "t", operators: [etl], globals: [blueprintTable] });
    const driver = await createTestDriver(topology, { deadLetters, start: START });
    await driver.input(blueprints).send(published(TEXT));
    const made = ranking("d", START, SHOWN);
    const send = (at: number, position: number | null) =>
      driver.input(joined).send({ key: "d", value: joinedOf(made, at, { position }), time: START + HOUR });
    await send(0, 1);
    await send(1, 7);
    const rows = driver.output(rowsTopic(compiled)).readAll();
    expect(rows.map(({ key }) => key)).toEqual(["d", "d"]);
    expect(rows.map(({ value }) => ({ ...value }))).toMatchObject([
      { decisionId: "d", optionId: "b", optionPosition: 1, optionScore: 0.25, prediction_click: 0.25, value: "b" },
      { decisionId: "d", optionId: "a", optionPosition: 7, optionScore: 0.25, prediction_click: 0.25, value: "b" },
    ]);
    const features = rows.map(({ value }) => ["weight", "age", "option", "gap", "at"].map((name) => value[name]));
    expect(features).toEqual([
      [5, 2, "b", 3, 1],
      [5, null, "a", null, 7],
    ]);
    await driver.close();
  });

  test("of a choice is one, of the option that was chosen", () => {
    const text = TEXT.replace("  - at: { shownPosition: 1, observed: place }\n", "").replace(
      "rank: { score: click, show: 3 }",
      "choose: click",
    );
    const choice = compileBlueprint(text);
    const made = ranking("d", START, [option("b", 1, 2)], { features: [5, null, null, null] });
    expect(rowOf(joinedOf(made, 0), choice)).toMatchObject({
      optionId: "b",
      optionPosition: 1,
      age: 2,
      gap: 3,
      value: "b",
    });
    expect(rowColumns(choice.blueprint).slice(9, 15)).toEqual([
      ...["value", "propensity", "optionId", "optionPosition", "optionScore", "weight"],
    ]);
  });

  test("has null where a version that decided otherwise knows nothing of it", () => {
    const unknown = { ...option("b", 1, 2), features: [], predictions: {}, score: null };
    expect(rowOf(joinedOf(ranking("d", START, [unknown]), 0), compiled)).toMatchObject({
      ...{
        optionId: "b",
        optionScore: null,
        prediction_click: null,
        weight: 5,
        age: null,
        option: null,
        gap: null,
        at: 1,
      },
    });
  });

  test("is a line of a table: ids are texts, positions and scores numbers", () => {
    const table = rowTable(compiled.blueprint, { all: () => [compiled] });
    const types = Object.fromEntries(table.columns.map(({ name, type }) => [name, type]));
    expect(types).toMatchObject({
      value: "string",
      optionId: "string",
      optionPosition: "double",
      optionScore: "double",
    });
    expect(table.cellsOf(rowOf(joinedOf(ranking("d", START, SHOWN), 0), compiled))).toMatchObject({
      optionId: "b",
      age: 2,
    });
  });
});

/** Rankings of up to three options, of which several have one time; some rows are corrected. */
function randomRows(seed: number): readonly TrainingRow[] {
  const next = random(seed);
  const rows = Array.from({ length: 200 }, (_, n) => {
    const time = START + Math.floor(next() * 60) * MINUTE;
    const options = ["x", "y", "z"].slice(0, 1 + Math.floor(next() * 3)).map((id, at) => option(id, at + 1, n));
    const made = ranking(`d${Math.floor(next() * 150)}`, time, options);
    return options.flatMap((_one, at) =>
      Array.from({ length: 1 + Math.floor(next() * 2) }, () =>
        rowOf(joinedOf(made, at, { label: n, rowTime: time + HOUR + Math.floor(next() * 3) }), compiled),
      ),
    );
  });
  return shuffled(rows.flat(), next);
}

describe("the rows of options on a topic", () => {
  test.each([1, 2])("are read as the newest of each option, at once and in bounded memory, seed %i", async (seed) => {
    const dir = await mkdtemp(join(tmpdir(), "loopstream-options-"));
    const backbone = await createEmbeddedBackbone({ dir });
    const tools = await openTools({ backbone, registry: backbone.registry, partitions: 1, codeVersion: "1.0.0" });
    try {
      await publishBlueprint(tools, TEXT);
      const all = randomRows(seed);
      const topic = rowsTopic(compiled);
      await tools.publisher.publish(
        all.map((value) => ({ topic, key: value["decisionId"] as string, value, time: value["rowTime"] as number })),
      );
      const known = validBlueprints(await readTable(backbone, tools.serdes, blueprintTable));
      const wanted = (asOf: number): readonly TrainingRow[] => {
        const newest = new Map<string, TrainingRow>();
        for (const row of all) {
          const about = JSON.stringify([row["decisionTime"], row["decisionId"], row["optionId"]]);
          const [time, other] = [row["rowTime"] as number, newest.get(about)];
          if (time <= asOf && (other === undefined || (other["rowTime"] as number) <= time)) newest.set(about, row);
        }
        return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
      };
      const read = await readRows(backbone, tools.serdes, compiled, known, Number.POSITIVE_INFINITY);
      expect(read.rows).toEqual(wanted(Number.POSITIVE_INFINITY));
      const range = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, bytes: 20_000, spill: openSpill };
      for (const asOf of [START + HOUR + 20 * MINUTE + 1, Number.POSITIVE_INFINITY]) {
        const leftOut = new LeftOutRows(compiled.blueprint, known);
        const found: TrainingRow[] = [];
        for await (const row of rowsInOrder(backbone, tools.serdes, compiled, known, { ...range, leftOut, asOf }))
          found.push(row);
        expect(found).toEqual(wanted(asOf));
      }
    } finally {
      await tools.close();
      await backbone.close();
      await rm(dir, { recursive: true, force: true });
    }
  });
});

describe("a split of the newest rows", () => {
  const idOf = (row: TrainingRow): string => `${String(row["decisionTime"])}/${String(row["decisionId"])}`;

  test("has all options of a decision on one side, in 200 random cases", () => {
    const next = random(5);
    for (let round = 0; round < 200; round++) {
      const rows = Array.from({ length: 1 + Math.floor(next() * 8) }, (_, n) => {
        const options = "abcdefghi"
          .slice(0, 1 + Math.floor(next() * 9))
          .split("")
          .map((id, at) => option(id, at + 1, n));
        // Of two decisions of one time each is whole.
        const made = ranking(`d${n}`, START + Math.floor(n / 2), options);
        return options.map((_one, at) => rowOf(joinedOf(made, at), compiled));
      });
      const all = rows.flat();
      const share = [0, 0.1, 0.2, 0.5, 0.9, 1][round % 6]!;
      const { train, holdout } = splitNewest(all, share);
      expect([...train, ...holdout]).toEqual(all);
      const held = new Set(holdout.map(idOf));
      expect(train.filter((row) => held.has(idOf(row)))).toEqual([]);
      if (share === 0) expect(holdout).toEqual([]);
      else if (rows.length > 1) expect([train.length > 0, holdout.length > 0]).toEqual([true, true]);
      else expect(holdout).toEqual([]);
      // No further from the share than one decision.
      const longest = Math.max(...rows.map(({ length }) => length));
      expect(Math.abs(holdout.length - all.length * share)).toBeLessThanOrEqual(longest + 1);
    }
  });

  test("of rows of values is by their number", () => {
    const rows = Array.from({ length: 10 }, (_, n) => ({ decisionId: `d${n}`, decisionTime: START }) as TrainingRow);
    expect([0, 0.2, 0.5, 1].map((share) => splitNewest(rows, share).holdout.length)).toEqual([0, 2, 5, 9]);
  });
});
