import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { blueprintTable } from "../../catalogue/index.ts";
import { join } from "../../operators/index.ts";
import { blueprints, clock, deadLetters, decisions, joined, observations, type Joined } from "../../schemas/index.ts";
import {
  createMemoryEngine,
  createTestDriver,
  defineTopology,
  PLACE_HEADER,
  SOURCE_HEADER,
  type TestDriver,
} from "../../streams/index.ts";
import { random, shuffled } from "../blueprints/random.ts";
import { decision, HOUR, PARCELS, parcels, published, START } from "./parcels.ts";
import { parseBlueprint } from "../../blueprints/index.ts";

const ORPHANS = 24 * HOUR;
const topology = defineTopology({
  name: "t",
  operators: [join({ orphanMs: ORPHANS })],
  globals: [blueprintTable],
  clock,
});
const open = (engine = createMemoryEngine()): Promise<TestDriver> =>
  createTestDriver(topology, { deadLetters, partitions: 2, start: START, engine });

/** The same use case with a label that adds its observations up. */
const SUMMED = PARCELS.replace("  value: delay >= 10\n", "  value: delay\n  aggregate: sum\n").replace(
  "policy:",
  "model: { objective: regression }\npolicy:",
);
const summed = parseBlueprint(SUMMED).version;

let driver: TestDriver;
beforeEach(async () => {
  driver = await open();
  await driver.input(blueprints).send(published(), published(SUMMED));
});
afterEach(() => driver.close());

const WAIT = 2 * HOUR;
const TTL = 6 * HOUR;
const made = (id: string, time = START, version = parcels.version) => ({
  key: id,
  value: decision(id, time, { blueprintVersion: version }),
  time,
});
const seen = (id: string, time: number, delay: number, observationId = `${id}@${time}`) => ({
  key: id,
  value: {
    decisionId: id,
    useCase: "",
    observationId,
    optionId: "",
    activation: false,
    values: { kind: "arrival", delay },
  },
  time,
});
const rows = (from = driver): Pick<Joined, "label" | "labelTime" | "rowTime" | "maturity">[] =>
  from
    .output(joined)
    .readAll()
    .map(({ value: { label, labelTime, rowTime, maturity } }) => ({ label, labelTime, rowTime, maturity }));

describe("a row", () => {
  test("is made when the wait is over, from what was seen before then", async () => {
    await driver.input(decisions).send(made("d"));
    await driver.input(observations).send(seen("d", START + HOUR, 12));
    await driver.advanceTo(START + WAIT - 1);
    expect(rows()).toEqual([]);
    await driver.advanceTo(START + WAIT);
    expect(driver.output(joined).readAll()).toMatchObject([
      {
        key: "d",
        time: START + WAIT,
        value: {
          decision: made("d").value,
          label: 1,
          labelTime: START + HOUR,
          rowTime: START + WAIT,
          maturity: "provisional",
        },
      },
    ]);
    await driver.advanceTo(START + 10 * WAIT);
    expect(rows()).toEqual([]);
  });

  test("counts an observation that comes before its decision", async () => {
    await driver.input(observations).send(seen("d", START + HOUR, 12));
    await driver.input(decisions).send(made("d"));
    await driver.advanceTo(START + WAIT);
    expect(rows()).toMatchObject([{ label: 1, labelTime: START + HOUR, maturity: "provisional" }]);
  });

  test("without an observation is an expiry", async () => {
    await driver.input(decisions).send(made("d"));
    await driver.advanceTo(START + WAIT);
    expect(rows()).toEqual([{ label: null, labelTime: null, rowTime: START + WAIT, maturity: "expired" }]);
  });

  test("has the default label where the blueprint has one", async () => {
    const text = PARCELS.replace("  wait: 2h\n", "  wait: 2h\n  default: 0\n");
    await driver.input(blueprints).send(published(text));
    await driver.input(decisions).send(made("d", START, parseBlueprint(text).version));
    await driver.advanceTo(START + WAIT);
    expect(rows()).toMatchObject([{ label: 0, labelTime: null, maturity: "provisional" }]);
  });

  test("is mature at once where the join ends with the wait", async () => {
    const text = PARCELS.replace("ttl: 6h", "ttl: 2h");
    await driver.input(blueprints).send(published(text));
    await driver.input(decisions).send(made("d", START, parseBlueprint(text).version));
    await driver.input(observations).send(seen("d", START + 1, 3));
    await driver.advanceTo(START + WAIT);
    expect(rows()).toMatchObject([{ label: 0, maturity: "mature" }]);
  });

  test("is made once, however often the decision comes", async () => {
    await driver.input(decisions).send(made("d"), made("d"));
    await driver.input(observations).send(seen("d", START + 1, 12));
    await driver.advanceTo(START + WAIT);
    await driver.input(decisions).send(made("d"));
    await driver.advanceTo(START + TTL);
    await driver.input(decisions).send(made("d"));
    await driver.advanceTo(START + TTL + WAIT);
    expect(rows()).toHaveLength(1);
  });
});

describe("observations", () => {
  test("with one id count once, with different ids each", async () => {
    await driver.input(decisions).send(made("d", START, summed));
    const first = seen("d", START + 1, 5, "a");
    await driver.input(observations).send(first, first, seen("d", START + 2, 5, "b"), seen("d", START + 9, 7, "a"));
    await driver.advanceTo(START + WAIT);
    expect(rows()).toMatchObject([{ label: 10, labelTime: START + 2 }]);
  });

  test("without an id count each, equal ones of one millisecond too, before and after a restart", async () => {
    await driver.input(decisions).send(made("d", START, summed));
    const same = seen("d", START + 1, 5, "");
    await driver.input(observations).send(same, same, { ...seen("d", START + 1, 5, "") });
    await driver.restart();
    await driver.input(observations).send(same, seen("d", START + 2, 5, ""));
    await driver.advanceTo(START + WAIT);
    expect(rows()).toMatchObject([{ label: 25 }]);
    await driver.input(observations).send(same);
    expect(rows()).toMatchObject([{ label: 30, maturity: "corrected" }]);
  });

  test("without an id count each, however many there are", async () => {
    await driver.input(decisions).send(made("d", START, summed));
    await driver.input(observations).send(...new Array<ReturnType<typeof seen>>(50).fill(seen("d", START + 1, 5, "")));
    await driver.advanceTo(START + WAIT);
    expect(rows()).toMatchObject([{ label: 250 }]);
  });

  test("without an id count once where one record was passed on to its partition twice", async () => {
    await driver.input(decisions).send(made("d", START, summed));
    const passedOn = (place: string) => ({
      ...seen("d", START + 1, 5, ""),
      headers: { [PLACE_HEADER]: Buffer.from(place) },
    });
    await driver.input(observations).send(passedOn("3/17"), passedOn("3/17"), passedOn("3/18"));
    await driver.advanceTo(START + WAIT);
    expect(rows()).toMatchObject([{ label: 10 }]);
  });

  test("of a feed of history count once without an id where time and content are the same: it may have begun anew", async () => {
    await driver.input(decisions).send(made("d", START, summed));
    const fed = (delay: number) => ({
      ...seen("d", START + 1, delay, ""),
      headers: { [SOURCE_HEADER]: Buffer.from("import") },
    });
    await driver.input(observations).send(fed(5), fed(5), fed(7));
    await driver.advanceTo(START + WAIT);
    expect(rows()).toMatchObject([{ label: 12 }]);
  });

  test("after the wait correct the row, and make none when the label stays", async () => {
    await driver.input(decisions).send(made("d"));
    await driver.input(observations).send(seen("d", START + 1, 12));
    await driver.advanceTo(START + WAIT);
    await driver.input(observations).send(seen("d", START + 3 * HOUR, 30), seen("d", START + 4 * HOUR, 2));
    expect(rows()).toEqual([
      { label: 1, labelTime: START + 1, rowTime: START + WAIT, maturity: "provisional" },
      { label: 0, labelTime: START + 4 * HOUR, rowTime: START + 4 * HOUR, maturity: "corrected" },
    ]);
  });

  test("after an expiry still make a row", async () => {
    await driver.input(decisions).send(made("d"));
    await driver.input(observations).send(seen("d", START + 3 * HOUR, 30));
    expect(rows().map(({ maturity, label }) => [maturity, label])).toEqual([
      ["expired", null],
      ["corrected", 1],
    ]);
  });

  test("after the TTL are dead letters and correct nothing", async () => {
    await driver.input(decisions).send(made("d"));
    await driver.input(observations).send(seen("d", START + TTL, 30));
    expect(rows().map(({ maturity }) => maturity)).toEqual(["expired"]);
    expect(driver.deadLetters()).toMatchObject([
      {
        topic: "observations",
        operator: "join",
        code: "TOO_LATE",
        message: expect.stringContaining("its TTL is over"),
      },
    ]);
  });

  test("that came before their decision and after its wait correct the row as those that came in order do", async () => {
    const late = [seen("d", START + 3 * HOUR, 30), seen("d", START + 4 * HOUR, 2), seen("d", START + 1, 2)];
    await driver.input(observations).send(...late);
    await driver.input(decisions).send(made("d"));
    await driver.advanceTo(START + 5 * HOUR);
    expect(rows()).toEqual([
      { label: 0, labelTime: START + 1, rowTime: START + WAIT, maturity: "provisional" },
      { label: 1, labelTime: START + 3 * HOUR, rowTime: START + 3 * HOUR, maturity: "corrected" },
      { label: 0, labelTime: START + 4 * HOUR, rowTime: START + 4 * HOUR, maturity: "corrected" },
    ]);
  });

  test("never date a row before something it knows", async () => {
    await driver.input(decisions).send(made("d", START, summed));
    await driver.input(observations).send(seen("d", START + 4 * HOUR, 2));
    await driver.input(observations).send(seen("d", START + 3 * HOUR, 5));
    expect(rows().slice(1)).toMatchObject([
      { label: 2, rowTime: START + 4 * HOUR },
      { label: 7, rowTime: START + 4 * HOUR, maturity: "corrected" },
    ]);
    await driver.input(decisions).send(made("e", START, summed));
    await driver.advanceTo(START + WAIT);
    await driver.input(observations).send(seen("e", START + 1, 3));
    expect(rows().slice(1)).toMatchObject([{ label: 3, labelTime: START + 1, rowTime: START + WAIT }]);
  });
});

describe("an observation of nothing", () => {
  test("waits for its decision and then is a dead letter with its place", async () => {
    await driver.input(observations).send(seen("x", START, 1));
    await driver.advanceTo(START + ORPHANS - 1);
    expect(driver.deadLetters()).toEqual([]);
    await driver.advanceTo(START + ORPHANS);
    const message = "no decision x came for this observation";
    expect(driver.deadLetters()).toMatchObject([{ topic: "observations", offset: 0, code: "TOO_LATE", message }]);
  });

  test("waits its own time, whenever others of its id came", async () => {
    await driver.input(observations).send(seen("x", START + HOUR, 1), seen("x", START, 2), seen("x", START + 2, 3));
    await driver.advanceTo(START + ORPHANS + 2);
    expect(driver.deadLetters().map(({ offset }) => offset)).toEqual([1, 2]);
    await driver.input(decisions).send(made("x", START + HOUR));
    await driver.advanceTo(START + HOUR + ORPHANS - 1);
    expect(rows()).toMatchObject([{ label: 0, labelTime: START + HOUR }]);
    expect(driver.deadLetters()).toHaveLength(2);
  });
});

test("a closed decision is remembered as long as promised, also when an observation came before it", async () => {
  await driver.input(observations).send(seen("d", START + 1, 12));
  await driver.input(decisions).send(made("d"));
  await driver.advanceTo(START + TTL + ORPHANS - 1);
  await driver.input(observations).send(seen("d", START + TTL + ORPHANS - 1, 3));
  expect(driver.deadLetters()).toMatchObject([{ message: expect.stringContaining("its TTL is over") }]);
  await driver.input(decisions).send(made("d"));
  await driver.advanceTo(START + TTL + ORPHANS + WAIT);
  expect(rows()).toHaveLength(1);
  expect(driver.state(join(), "pending").get("d")).toBeUndefined();
});

describe("a decision made anew under an id that was decided before", () => {
  const again = (time: number) => ({ key: "d", value: decision("d", time, { repeatOf: START }), time });
  const LATER = START + TTL + HOUR;

  test("has a row of its own, from its own observations; the first row stays", async () => {
    await driver.input(decisions).send(made("d"));
    await driver.input(observations).send(seen("d", START + 1, 12));
    await driver.input(decisions).send(again(LATER));
    await driver.input(observations).send(seen("d", LATER + 1, 3));
    await driver.advanceTo(LATER + TTL);
    expect(rows()).toMatchObject([
      { label: 1, rowTime: START + WAIT },
      { label: 0, rowTime: LATER + WAIT },
    ]);
    expect(driver.deadLetters()).toEqual([]);
  });

  test("is taken once, also when both records come again", async () => {
    await driver.input(decisions).send(made("d"), again(LATER), again(LATER));
    await driver.advanceTo(LATER + TTL);
    await driver.input(decisions).send(made("d"), again(LATER));
    await driver.advanceTo(LATER + 2 * TTL);
    expect(rows()).toHaveLength(2);
  });

  test("waits until the first is closed when it came before, and keeps what was seen of it", async () => {
    await driver.input(decisions).send(made("d"));
    await driver.input(observations).send(seen("d", START + 1, 12));
    await driver.input(decisions).send(again(START + TTL - 1));
    await driver.input(observations).send(seen("d", START + TTL - 1, 3));
    await driver.advanceTo(START + 3 * TTL);
    expect(rows()).toMatchObject([
      { label: 1, rowTime: START + WAIT },
      { label: 0, maturity: "corrected" },
      { label: 0, rowTime: START + TTL - 1 + WAIT },
    ]);
  });
});

test("a decision of a blueprint that is not there is a dead letter that names it", async () => {
  await driver.input(decisions).send(made("d", START, "feedfacecafe"));
  expect(driver.deadLetters()).toMatchObject([
    { topic: "decisions", operator: "join", message: expect.stringContaining("parcels/feedfacecafe") },
  ]);
});

/** What happened to twenty decisions: each made, then seen one to four times before `within`. */
function history(next: () => number, within: number) {
  return Array.from({ length: 20 }, (_, i) => {
    const time = START + Math.floor(next() * HOUR);
    const count = 1 + Math.floor(next() * 4);
    const sightings = Array.from({ length: count }, () =>
      seen(`d${i}`, time + 1 + Math.floor(next() * (within - 1)), Math.floor(next() * 30)),
    );
    return { decision: made(`d${i}`, time, i % 2 === 0 ? summed : parcels.version), sightings };
  });
}

/** Sends it all in a random order, in random pieces, with restarts in between, and lets everything become due. */
async function arrived(all: ReturnType<typeof history>, next: () => number): Promise<Joined[]> {
  const run = await open();
  await run.input(blueprints).send(published(), published(SUMMED));
  for (const record of shuffled(
    all.flatMap((each) => [each.decision, ...each.sightings]),
    next,
  )) {
    if ("observationId" in record.value) await run.input(observations).queue(record as ReturnType<typeof seen>);
    else await run.input(decisions).queue(record as ReturnType<typeof made>);
    if (next() < 0.3) await run.run();
    if (next() < 0.05) await run.restart();
  }
  await run.advanceTo(START + 24 * HOUR);
  expect(run.deadLetters()).toEqual([]);
  const result = run.output(joined).readAll();
  await run.close();
  return result.map(({ value }) => value);
}

const text = (values: readonly Joined[]): string[] => values.map((value) => JSON.stringify(value)).sort();
const lastRows = (values: readonly Joined[]): string[] =>
  [
    ...new Map(values.map(({ decision: { decisionId }, label }) => [decisionId, `${decisionId} ${label}`])).values(),
  ].sort();

test.each([1, 2, 3])(
  "what comes within the wait gives the same rows in any order, with any restarts (seed %i)",
  async (seed) => {
    const next = random(seed);
    const all = history(next, HOUR);
    const first = text(await arrived(all, next));
    expect(first).toHaveLength(20);
    for (let i = 0; i < 4; i++) expect(text(await arrived(all, next))).toEqual(first);
  },
);

test.each([4, 5, 6])(
  "what comes later leaves the same last label in any order, with any restarts (seed %i)",
  async (seed) => {
    const next = random(seed);
    const all = history(next, 4 * HOUR);
    const first = await arrived(all, next);
    for (let i = 0; i < 4; i++) expect(lastRows(await arrived(all, next))).toEqual(lastRows(first));
  },
);

describe("a blueprint that can't be read", () => {
  const { key, value, time } = published();
  const unreadable = { key, value: { ...value, text: `${PARCELS}exploration: { epsilon: 10% }\n` }, time };
  const buried = (): string[] =>
    driver
      .output(deadLetters)
      .readAll()
      .filter(({ value: letter }) => letter.topic !== blueprints.name)
      .map(({ value: letter }) => letter.code);
  const readable = { key, value, time };

  test("delays the row of its decisions, whichever came first, and changes nothing in it", async () => {
    await driver.input(decisions).send(made("before"));
    await driver.input(blueprints).send(unreadable);
    await driver.input(decisions).send(made("meanwhile"));
    for (const id of ["before", "meanwhile"]) await driver.input(observations).send(seen(id, START + HOUR, 12));
    await driver.advanceTo(START + WAIT + HOUR);
    expect(rows()).toEqual([]);
    await driver.input(blueprints).send(readable);
    await driver.advanceTo(START + WAIT + 2 * HOUR);
    const row = { label: 1, labelTime: START + HOUR, rowTime: START + WAIT, maturity: "provisional" };
    expect(rows()).toEqual([row, row]);
    expect(buried()).toEqual([]);
  });

  test("delays the correction of a row that was made before", async () => {
    await driver.input(decisions).send(made("d"));
    await driver.input(observations).send(seen("d", START + HOUR, 3));
    await driver.advanceTo(START + WAIT);
    expect(rows()).toMatchObject([{ label: 0 }]);
    await driver.input(blueprints).send(unreadable);
    await driver.input(observations).send(seen("d", START + WAIT + HOUR, 12));
    await driver.advanceTo(START + WAIT + 2 * HOUR);
    expect(rows()).toEqual([]);
    await driver.input(blueprints).send(readable);
    await driver.advanceTo(START + WAIT + 3 * HOUR);
    expect(rows()).toMatchObject([{ label: 1, rowTime: START + WAIT + HOUR, maturity: "corrected" }]);
  });

  test("keeps a decision open past its TTL, which then is closed as ever", async () => {
    await driver.input(decisions).send(made("d"));
    await driver.input(blueprints).send(unreadable);
    await driver.advanceTo(START + TTL + HOUR);
    await driver.input(blueprints).send(readable);
    await driver.advanceTo(START + TTL + 2 * HOUR);
    expect(rows()).toMatchObject([{ maturity: "expired" }]);
    await driver.input(observations).send(seen("d", START + TTL + 2 * HOUR, 12));
    expect(buried()).toEqual(["TOO_LATE"]);
  });
});
