import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { publishBlueprint, type ReplayResult } from "../../loop/index.ts";
import { explainDecision, type Explanation } from "../../recompute/index.ts";
import { hashRows, newestRows, rowsTopic } from "../../rows/index.ts";
import {
  decisions,
  hourlyStats,
  type DecisionRecorded,
  type ModelRecorded,
  type TrainingRow,
} from "../../schemas/index.ts";
import { ScorerCache } from "../../serving/index.ts";
import { rebuildModel, scoreRows, trainModel, type TrainResult } from "../../trainer/index.ts";
import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { readTable } from "../../streams/index.ts";
import { random } from "../blueprints/random.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

/** Whether a delivery is late is known within the hour; stars, of those who give any, come within three. */
const TEXT = `
useCase: deliveries
decisionSpace: boolean
context: { weight: number, city: category, depot: key }
observations: { late_min: number, rating: number }
events: { arrival: { fields: [late_min] }, review: {} }
features:
  - weight
  - city
  - m_late: { mean: late_min, of: arrival, by: depot, in: 1h }
labels:
  late: { when: kind == "arrival", value: late_min >= 10, wait: 1h }
  stars: { when: kind == "review", value: rating, aggregate: mean, wait: 3h, objective: regression }
reward: stars - 2 * late
model: { rounds: 30 }
policy:
  formulas: { unhappy: 5 - stars }
  decide: late > 0.5 or unhappy > 2
join: { ttl: 8h }
training: { minRows: 30, holdout: 20% }
`;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 1);

interface Asked {
  readonly id: string;
  readonly time: number;
  readonly weight: number;
  readonly city: string;
  /** Minutes late, of its arrival 20 minutes later; null: it never comes. */
  readonly late: number | null;
  /** Given two hours later, and more of them: null: none. */
  readonly stars: readonly number[];
}

const next = random(7);
const asked = Array.from({ length: 120 }, (_, n): Asked => {
  const weight = Math.floor(next() * 30);
  const city = next() < 0.5 ? "Ulm" : "Rome";
  // Heavy ones are late, and Ulm gives few stars: each label has a feature of its own to learn.
  const late = n % 7 === 6 ? null : Math.floor(next() * 8) + (weight > 15 ? 10 : 0);
  const stars = n % 3 === 2 ? [] : [(city === "Ulm" ? 1 : 4) + Math.floor(next() * 2)];
  return { id: `d${n}`, time: START + n * 10 * MINUTE, weight, city, late, stars };
});
/** After the row was made: it is corrected. */
const LATE_STARS = 100;
const END = asked.at(-1)!.time + 9 * HOUR;
const LIVE_FROM = 90;

let live: LiveLoop;
let trained: TrainResult & { kind: "trained" };
let again: ReplayResult;
let explained: Explanation;
const rows = new Map<string, TrainingRow>();
const decided = new Map<string, DecisionRecorded>();
const compiled = compileBlueprint(TEXT);

interface Told {
  readonly id: string;
  readonly time: number;
  readonly values: Readonly<Record<string, string | number>>;
}
const told: readonly Told[] = asked
  .flatMap(({ id, time, late, stars }): Told[] => [
    ...(late === null ? [] : [{ id, time: time + 20 * MINUTE, values: { kind: "arrival", late_min: late } }]),
    ...stars.map((rating) => ({ id, time: time + 2 * HOUR, values: { kind: "review", rating } })),
  ])
  .concat({ id: `d${LATE_STARS}`, time: asked[LATE_STARS]!.time + 5 * HOUR, values: { kind: "review", rating: 5 } })
  .sort((a, b) => a.time - b.time);

/** Asks and tells in the order of time. */
async function lived(from: number, to: number): Promise<void> {
  const happens = [
    ...asked.map((one) => ({ time: one.time, one })),
    ...told.map((told) => ({ time: told.time, told })),
  ].filter(({ time }) => time >= from && time < to);
  for (const each of happens.sort((a, b) => a.time - b.time)) {
    live.now = each.time;
    if ("one" in each) {
      const { id, weight, city } = each.one;
      const context = { weight, city, depot: "north" };
      await live.client.getDecision("deliveries", { decisionId: id, unit: id, context }, { timeout: 60_000 });
    } else {
      await live.client.logObservations(each.told.id, each.told.values, { useCase: "deliveries" });
    }
    await live.loop.application.idle();
  }
}

beforeAll(async () => {
  live = await openLive(START);
  await publishBlueprint(live.loop, TEXT, 0);
  await live.loop.application.idle();
  const trains = asked[LIVE_FROM]!.time;
  await lived(START, trains - 4 * HOUR);
  await live.restart();
  await lived(trains - 4 * HOUR, trains);
  await live.tick(trains - 1);
  trained = (await trainModel(live.loop, { useCase: "deliveries", until: trains - 1 })) as typeof trained;
  await live.loop.application.idle();
  await lived(trains, END);
  await live.tick(END);
  const { backbone, loop } = live;
  for (const row of await newestRows(backbone, loop.serdes, rowsTopic(compiled)))
    rows.set(row["decisionId"] as string, row);
  for (const { key, value } of await live.all(decisions)) decided.set(key, value);
  again = await live.replay({ useCase: "deliveries" });
  const scorers = new ScorerCache(backbone, loop.serdes);
  const source = { backbone, serdes: loop.serdes, scorers: (model: ModelRecorded) => scorers.get(model), salt: "salt" };
  explained = (await explainDecision(source, "d119"))!;
  await scorers.close();
}, 900_000);
afterAll(() => live.close());

test("a decision has one row with both labels, from when the longer wait is over; one without any has none", () => {
  for (const [n, { id, time, late, stars }] of asked.entries()) {
    const ratings = n === LATE_STARS ? [...stars, 5] : stars;
    const mean = ratings.length === 0 ? null : ratings.reduce((sum, one) => sum + one, 0) / ratings.length;
    if (late === null && mean === null) {
      expect(rows.has(id), id).toBe(false);
      continue;
    }
    const { predictions } = decided.get(id)!;
    expect(rows.get(id), id).toMatchObject({
      label_late: late === null ? null : late >= 10 ? 1 : 0,
      labelTime_late: late === null ? null : time + 20 * MINUTE,
      label_stars: mean,
      reward: late === null || mean === null ? null : mean - (late >= 10 ? 2 : 0),
      ...{ prediction_late: predictions["late"] ?? null, prediction_stars: predictions["stars"] ?? null },
      rowTime: n === LATE_STARS ? time + 5 * HOUR : time + 3 * HOUR,
      maturity: n === LATE_STARS ? "corrected" : "provisional",
    });
  }
  expect(rows.size).toBeLessThan(asked.length);
});

describe("the model", () => {
  test("learns each label from the rows that have it, and predicts both by their names", () => {
    expect(trained).toMatchObject({ kind: "trained", promoted: true });
    const served = asked.slice(LIVE_FROM).map(({ id }) => decided.get(id)!);
    for (const { modelId, predictions } of served) {
      expect(modelId).toBe(trained.model.modelId);
      expect(Object.keys(predictions).sort()).toEqual(["late", "stars"]);
    }
    const right = asked.slice(LIVE_FROM).filter(({ id, weight, city }) => {
      const { late, stars } = decided.get(id)!.predictions as { late: number; stars: number };
      return late > 0.5 === weight > 15 && stars < 3 === (city === "Ulm");
    });
    expect(right.length / (asked.length - LIVE_FROM)).toBeGreaterThan(0.8);
  });

  test("is judged by the first label, and has figures of the others under their names", () => {
    const { metrics, states } = trained.model;
    expect(Object.keys(metrics)).toEqual(expect.arrayContaining(["logLoss", "brier", "auc", "stars.mse"]));
    expect(states.at(-1)!.reason).toContain("logLoss");
  });

  test("is trained for each label on the rows in which it was mature by then", () => {
    const until = asked[LIVE_FROM]!.time - 1;
    const mature = (waitMs: number, has: (one: Asked) => boolean): number =>
      asked.slice(0, LIVE_FROM).filter((one) => has(one) && one.time + waitMs <= until).length;
    const counts = [mature(HOUR, ({ late }) => late !== null), mature(3 * HOUR, ({ stars }) => stars.length > 0)];
    expect(trained.model.provenance.trainedRows).toEqual(counts.map((count) => count - Math.round(count * 0.2)));
    // The newest rows have only the label that is known first.
    const newest = asked.slice(0, LIVE_FROM).filter(({ late, time }) => late !== null && time + HOUR <= until);
    expect(trained.newest).toBe(newest.at(-1)!.time);
    expect(newest.at(-1)!.time + 3 * HOUR).toBeGreaterThan(until);
  });

  test("is the same file when it is trained again from its provenance", async () => {
    expect(await rebuildModel(live.loop, trained.model)).toMatchObject({ equal: true, problem: null });
  });

  test("is scored on later rows label by label", async () => {
    const { backbone, loop } = live;
    const known = validBlueprints(await readTable(backbone, loop.serdes, blueprintTable));
    const scored = await scoreRows({ backbone, serdes: loop.serdes }, compiled, known, trained.onnx, START, END);
    expect(scored).toMatchObject({ rows: rows.size, metrics: { auc: expect.any(Number) as number } });
    expect(scored.metrics["stars.mse"]).toBeLessThan(1);
  });
});

test("the policy decides from both predictions", () => {
  for (const { id } of asked.slice(LIVE_FROM)) {
    const { value, predictions } = decided.get(id)!;
    expect(value, id).toBe(predictions["late"]! > 0.5 || 5 - predictions["stars"]! > 2);
  }
});

test("a replay makes the same rows, bit for bit", () => {
  expect(again).toMatchObject({ decisions: asked.length, deadLetters: 0, expired: asked.length - rows.size });
  const sorted = [...rows.values()].sort((a, b) => (String(a["decisionId"]) < String(b["decisionId"]) ? -1 : 1));
  expect(again.rowsSha256).toBe(hashRows([rowsTopic(compiled), sorted]));
});

test("an explanation has both predictions, and comes out equal", () => {
  expect(explained).toMatchObject({ equal: true, sourcesBefore: true });
  const { predictions } = decided.get("d119")!;
  for (const name of ["late", "stars"]) {
    expect(explained.predictions).toContainEqual({ name, logged: predictions[name], recomputed: predictions[name] });
  }
});

test("the statistics of an hour count each label by its name", async () => {
  const stats = (await live.all(hourlyStats)).map(({ value }) => value);
  const rowsCounted = stats.reduce((sum, hour) => sum + hour.rows + hour.corrected, 0);
  const counted = (name: string): readonly [number, number] => [
    stats.reduce((sum, { severalLabels }) => sum + (severalLabels[name]?.count ?? 0), 0),
    stats.reduce((sum, { severalLabels }) => sum + (severalLabels[name]?.missing ?? 0), 0),
  ];
  expect(rowsCounted).toBeGreaterThan(90);
  expect([counted("late")[0], counted("stars")[0]]).toEqual([rowsCounted, rowsCounted]);
  expect(counted("stars")[1]).toBeGreaterThan(20);
});
