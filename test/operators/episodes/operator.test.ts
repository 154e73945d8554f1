import { afterEach, describe, expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { followedKey } from "../../../operators/episodes/keys.ts";
import { episodesOf } from "../../../operators/index.ts";
import { episodeRowOf, episodesOfRows, episodesTopic } from "../../../rows/index.ts";
import { blueprints, deadLetters, type EpisodeStep, type TrainingRow } from "../../../schemas/index.ts";
import { createTestDriver, type TestDriver } from "../../../streams/index.ts";
import { episodeTopology } from "../../../topologies/index.ts";
import { random } from "../../blueprints/random.ts";
import { HOUR, published, START } from "../parcels.ts";
import { compiled, lastSteps, MINUTE, REMINDERS, rowOf, rows, type Given } from "./episodes.ts";

/** Rows come in any order within the time in which they may still be corrected. */
const PATIENT = REMINDERS.replace("ttl: 3h", "ttl: 7d");
const patient = compileBlueprint(PATIENT);

let driver: TestDriver;
let steps: EpisodeStep[];
afterEach(() => driver.close());

async function open(text = REMINDERS, partitions = 1): Promise<void> {
  const own = compileBlueprint(text);
  driver = await createTestDriver(episodeTopology("e", own), { deadLetters, partitions, start: START });
  steps = [];
  await driver.input(blueprints).send(published(text));
}

const send = (...some: readonly TrainingRow[]): Promise<void> =>
  driver
    .input(rows)
    .send(...some.map((row) => ({ key: row["decisionId"] as string, value: row, time: row["rowTime"] as number })));
/** All that was written since the driver was opened. */
function written(): readonly EpisodeStep[] {
  steps.push(
    ...driver
      .output(episodesTopic(compiled))
      .readAll()
      .map(({ value }) => value),
  );
  return [...steps];
}
const at = (id: string, minutes: number, given: Partial<Given> = {}): TrainingRow =>
  rowOf({ id, unit: "ada", time: START + minutes * MINUTE, ...given });
const told = (some: readonly EpisodeStep[]): readonly unknown[] =>
  some.map(({ decisionId, episodeId, step, nextDecisionId, terminal, truncated }) =>
    [decisionId, episodeId, step, nextDecisionId, terminal ? "terminal" : truncated ? "truncated" : "open"].join(" "),
  );

test("a step has its state, its action, its reward and what came next", async () => {
  await open();
  await send(at("d1", 0, { fatigue: 2, clicks: 1 }), at("d2", 20, { fatigue: 3, action: "hold" }));
  const [first] = lastSteps(written());
  expect(first).toEqual({
    ...{ episodeId: "d1", key: "ada", episodes: compiled.episodes!.id, step: 0, decisionId: "d1", decisionTime: START },
    ...{ blueprintVersion: compiled.blueprint.version, maturity: "mature", state: { fatigue: 2, mood: "calm" } },
    ...{ action: "send", propensity: 0.5, possibleActions: ["hold", "send"], reward: 0.95 },
    ...{ nextDecisionId: "d2", nextState: { fatigue: 3, mood: "calm" }, nextAction: "hold" },
    ...{ timeDifference: 20 * MINUTE, terminal: false, truncated: false },
  });
});

describe("an episode ends", () => {
  test("by a label, by a feature and by a gap", async () => {
    await open();
    await send(
      at("d1", 0),
      at("d2", 10, { gone: 1 }),
      at("d3", 20),
      at("d4", 30, { fatigue: 9 }),
      at("d5", 40),
      at("d6", 101),
    );
    expect(told(lastSteps(written()))).toEqual([
      "d1 d1 0 d2 open",
      "d2 d1 1  terminal",
      "d3 d3 0 d4 open",
      "d4 d3 1  terminal",
      "d5 d5 0  truncated",
      "d6 d6 0  open",
    ]);
  });

  test("by its length, and its last step knows what came next", async () => {
    await open();
    await send(...Array.from({ length: 6 }, (_, step) => at(`d${step}`, 10 * step)));
    expect(told(lastSteps(written())).slice(3)).toEqual(["d3 d0 3 d4 open", "d4 d0 4 d5 truncated", "d5 d5 0  open"]);
  });

  test("once so much time has passed that nothing can follow", async () => {
    await open();
    await send(at("d1", 0));
    await driver.advanceTo(START + HOUR + 10 * MINUTE - 1);
    expect(told(lastSteps(written()))).toEqual(["d1 d1 0  open"]);
    await driver.advanceTo(START + HOUR + 10 * MINUTE);
    expect(told(lastSteps(written()))).toEqual(["d1 d1 0  truncated"]);
  });
});

test("a late reward corrects its step, and nothing else is written", async () => {
  await open();
  await send(at("d1", 0), at("d2", 10), at("d3", 20));
  const before = written().length;
  await send(at("d2", 10, { clicks: 2, rowTime: START + HOUR }));
  expect(written().slice(before)).toEqual([
    expect.objectContaining({ decisionId: "d2", reward: 1.95, step: 1, nextDecisionId: "d3" }),
  ]);
});

test("a late end divides what followed, and a late row joins what stood apart", async () => {
  await open();
  await send(at("d1", 0), at("d3", 50), at("d5", 100), at("d7", 170));
  expect(told(lastSteps(written())).at(-1)).toBe("d7 d7 0  open");
  await send(at("d6", 120, { rowTime: START + 181 * MINUTE }));
  expect(told(lastSteps(written()))).toEqual([
    "d1 d1 0 d3 open",
    "d3 d1 1 d5 open",
    "d5 d1 2 d6 open",
    "d6 d1 3 d7 open",
    "d7 d1 4  truncated",
  ]);
  await send(at("d3", 50, { gone: 1, rowTime: START + 182 * MINUTE }));
  expect(told(lastSteps(written()))).toEqual([
    "d1 d1 0 d3 open",
    "d3 d1 1  terminal",
    "d5 d5 0 d6 open",
    "d6 d5 1 d7 open",
    "d7 d5 2  open",
  ]);
});

test("what is over is forgotten, and a month later that it was there; a row that comes in between changes no step", async () => {
  await open();
  await send(at("d1", 0), at("d2", 10), at("e1", 5, { unit: "bob" }));
  await driver.advanceTo(START + 48 * HOUR);
  const { name, state } = episodesOf(compiled);
  const decisions = driver.state({ name, state: { decisions: state.decisions } }, "decisions");
  const kept = driver.state({ name, state: { rows: state.rows } }, "rows");
  expect(kept.get(followedKey({ key: "ada", id: "d1", time: START }))).toBeUndefined();
  expect(decisions.get("ada")).toMatchObject({ entries: [], forgotten: { time: START + 10 * MINUTE } });
  const before = lastSteps(written());
  await send(at("d2", 10, { clicks: 3, rowTime: START + 48 * HOUR }), at("d0", -5, { rowTime: START + 48 * HOUR }));
  expect(lastSteps(written())).toEqual(before);
  const letters = driver.output(deadLetters).readAll();
  expect(letters.map(({ value }) => value.code)).toEqual(["EPISODE_OVER", "EPISODE_OVER"]);
  // A later decision begins another one.
  await send(at("d9", 48 * 60));
  expect(told(lastSteps(written()))).toContain("d9 d9 0  open");
  await driver.advanceTo(START + 20 * 24 * HOUR);
  for (const key of ["ada", "bob"]) expect(decisions.get(key)).toMatchObject({ entries: [] });
  await driver.advanceTo(START + 40 * 24 * HOUR);
  for (const key of ["ada", "bob"]) expect(decisions.get(key)).toBeUndefined();
});

test("rows of one key that come together are one change: partition after partition few steps are written twice", async () => {
  await open(PATIENT);
  const all = Array.from({ length: 2_000 }, (_, n) => at(`d${n}`, n, { fatigue: 1 }));
  const of = (row: TrainingRow): TrainingRow => ({ ...row, blueprintVersion: patient.blueprint.version });
  // As four partitions of rows are read, one after the other.
  for (const part of [0, 1, 2, 3]) await send(...all.filter((_, n) => n % 4 === part).map(of));
  expect(lastSteps(written())).toEqual(episodesOfRows(patient, all.map(of), START + 34 * HOUR));
  // How many rows a task takes at once goes by its time: here each part is one batch.
  const [decisions, kept] = [new Map<string, unknown>(), new Map<string, unknown>()];
  const storeOf = (held: Map<string, unknown>) => ({
    get: (key: string) => held.get(key),
    put: (key: string, value: unknown) => void held.set(key, value),
    delete: (key: string) => void held.delete(key),
  });
  const out: unknown[] = [];
  const context = {
    ...{ state: { decisions: storeOf(decisions), rows: storeOf(kept) }, streamTime: START },
    ...{
      emit: (_: string, record: unknown) => void out.push(record),
      load: () => undefined,
      schedule: () => undefined,
    },
  };
  const { handlers } = episodesOf(patient);
  for (const part of [0, 1, 2, 3]) {
    const rowsOfPart = all.filter((_, n) => n % 4 === part).map((row) => episodeRowOf(of(row), patient.episodes!));
    const records = rowsOfPart.map((value) => ({ key: "ada", value, time: START }));
    await handlers.rows(records as never, context as never);
  }
  expect(out.length).toBeGreaterThanOrEqual(all.length);
  expect(out.length).toBeLessThan(4 * all.length);
});

test("of a key with very many decisions the oldest whole episodes are forgotten, so that the rest has room", async () => {
  await open(PATIENT);
  const long = "x".repeat(2_000);
  const row = (n: number): TrainingRow => ({
    ...at(`${long}${n}`, n, { fatigue: 1 }),
    blueprintVersion: patient.blueprint.version,
  });
  for (let from = 0; from < 300; from += 50) await send(...Array.from({ length: 50 }, (_, n) => row(from + n)));
  const { name, state } = episodesOf(patient);
  const { entries, forgotten } = driver.state({ name, state: { decisions: state.decisions } }, "decisions").get("ada")!;
  expect(entries.length).toBeLessThan(110);
  expect(entries.length % 5).toBe(0);
  expect(forgotten!.time).toBe(START + (299 - entries.length) * MINUTE);
  expect(lastSteps(written())).toHaveLength(300);
  expect(Math.max(...lastSteps(written()).map(({ step }) => step))).toBe(4);
});

test("rows of another version with other features belong to no episode, those of one that decides otherwise do", async () => {
  await open();
  const next = REMINDERS.replace("clicks > 0.5", "clicks > 0.4");
  const other = REMINDERS.replace("features: [fatigue, mood]", "features: [mood]").replace(" or fatigue > 8", "");
  const versions = [next, other].map((text) => published(text));
  await driver.input(blueprints).send(...versions);
  const of = (row: TrainingRow, version: string): TrainingRow => ({ ...row, blueprintVersion: version });
  const [one, two] = versions.map(({ value }) => value!.version) as [string, string];
  await send(at("d1", 0), of(at("d2", 10), one), of(at("d3", 20), two));
  expect(told(lastSteps(written()))).toEqual(["d1 d1 0 d2 open", "d2 d1 1  open"]);
});

/** Rows of some units in random order, with corrections and ties. */
function randomRows(seed: number): readonly TrainingRow[] {
  const draw = random(seed);
  const below = (count: number): number => Math.floor(draw() * count);
  const units = Array.from({ length: 1 + below(4) }, (_, unit) => `unit ${unit}`);
  const all = units.flatMap((unit) => {
    let time = START + below(60) * MINUTE;
    return Array.from({ length: 1 + below(14) }, (_, step) => {
      time += [0, 1, 10, 30, 60, 61, 200][below(7)]! * MINUTE;
      const given: Given = {
        id: `${unit}/${step}`,
        unit,
        time,
        fatigue: below(10),
        action: ["hold", "send", null][below(3)]!,
      };
      const first = rowOf({ ...given, clicks: below(2), gone: Number(draw() < 0.1) });
      if (draw() < 0.7) return [first];
      return [
        first,
        rowOf({ ...given, clicks: below(4), gone: Number(draw() < 0.2), rowTime: time + (11 + below(160)) * MINUTE }),
      ];
    }).flat();
  });
  return all;
}

/** Of one decision the correction stays behind the row. */
function shuffled(some: readonly TrainingRow[], seed: number): readonly TrainingRow[] {
  const draw = random(seed);
  const drawn = some.map((row) => ({ row, place: draw() }));
  const first = new Map<unknown, number>();
  for (const one of drawn) {
    const before = first.get(one.row["decisionId"]);
    if (before === undefined) first.set(one.row["decisionId"], one.place);
    else one.place = before + (1 - before) * one.place + Number.EPSILON;
  }
  return drawn.sort((a, b) => a.place - b.place).map(({ row }) => row);
}

test(
  "200 random histories: the last steps are a function of the rows, for 1, 4 and 16 partitions and any arrival",
  { timeout: 600_000 },
  async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const some = randomRows(seed);
      const newest = new Map<unknown, TrainingRow>();
      for (const row of some) newest.set(row["decisionId"], { ...row, blueprintVersion: patient.blueprint.version });
      const until = START + 30 * HOUR;
      const expected = episodesOfRows(patient, newest.values(), until);
      expect(expected.reduce((sum, { reward }) => sum + reward!, 0)).toBeCloseTo(
        [...newest.values()].reduce((sum, row) => sum + (row["label_clicks"] as number) - 0.05, 0),
        9,
      );
      await open(PATIENT, [1, 4, 16][seed % 3]!);
      for (const row of shuffled(some, seed)) await send({ ...row, blueprintVersion: patient.blueprint.version });
      await driver.advanceTo(until);
      expect(lastSteps(written())).toEqual(expected);
      await driver.close();
    }
  },
);
