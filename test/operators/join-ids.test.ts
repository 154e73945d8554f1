import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { join } from "../../operators/index.ts";
import { blueprints, clock, deadLetters, decisions, joined, observations } from "../../schemas/index.ts";
import {
  createMemoryEngine,
  createTestDriver,
  defineTopology,
  type StateEngine,
  type TestDriver,
} from "../../streams/index.ts";
import { decision, HOUR, PARCELS, parcels, published, START } from "./parcels.ts";

const ORPHANS = 24 * HOUR;
const WAIT = 2 * HOUR;
const TTL = 6 * HOUR;
const LETTERS = PARCELS.replace("useCase: parcels", "useCase: letters").replace("ttl: 6h", "ttl: 9h");
const versions = { parcels: parcels.version, letters: parseBlueprint(LETTERS).version };
const topology = defineTopology({
  name: "t",
  operators: [join({ orphanMs: ORPHANS })],
  globals: [blueprintTable],
  clock,
});

let driver: TestDriver;
let engine: StateEngine;
beforeEach(async () => {
  engine = createMemoryEngine();
  driver = await createTestDriver(topology, { deadLetters, start: START, engine });
  await driver.input(blueprints).send(published(), published(LETTERS));
});
afterEach(() => driver.close());

const made = (id: string, useCase: keyof typeof versions, more: Parameters<typeof decision>[2] = {}, time = START) => ({
  key: id,
  value: decision(id, time, { useCase, blueprintVersion: versions[useCase], ...more }),
  time,
});
const seen = (
  id: string,
  useCase: string,
  delay: number,
  time = START + HOUR,
  observationId = `${useCase}@${time}`,
) => ({
  key: id,
  value: {
    decisionId: id,
    useCase,
    observationId,
    optionId: "",
    activation: false,
    values: { kind: "arrival", delay },
  },
  time,
});
const rows = () =>
  driver
    .output(joined)
    .readAll()
    .map(({ key, value }) => [key, value.decision.useCase, value.decision.unit, value.label])
    .sort();
const buried = () => driver.deadLetters().map(({ topic, offset, code }) => [topic, offset, code]);

describe("one id in two use cases", () => {
  test("is two decisions with a row each; an observation belongs to that of its use case", async () => {
    await driver.input(decisions).send(made("d", "parcels"), made("d", "letters"));
    await driver.input(observations).send(seen("d", "parcels", 12), seen("d", "letters", 3));
    await driver.restart();
    await driver.advanceTo(START + WAIT);
    expect(rows()).toEqual([
      ["d", "letters", "anna", 0],
      ["d", "parcels", "anna", 1],
    ]);
  });

  test.each(["first", "last", "in between"])(
    "is labelled by an observation that names no use case in both, when that comes %s",
    async (when) => {
      const observation = seen("d", "", 12);
      const observe = async (now: string) => now === when && driver.input(observations).send(observation);
      await observe("first");
      await driver.input(decisions).send(made("d", "parcels"));
      await observe("in between");
      await driver.input(decisions).send(made("d", "letters"));
      await observe("last");
      await driver.advanceTo(START + WAIT);
      expect(rows()).toEqual([
        ["d", "letters", "anna", 1],
        ["d", "parcels", "anna", 1],
      ]);
      await driver.advanceTo(START + TTL + ORPHANS);
      expect(buried()).toEqual([]);
    },
  );

  test("takes one observation id once in each decision, whichever record named the use case", async () => {
    await driver.input(decisions).send(made("d", "parcels"), made("d", "letters"));
    await driver.input(observations).send(seen("d", "letters", 3, START + 1, "o"), seen("d", "", 12, START + 2, "o"));
    await driver.advanceTo(START + WAIT);
    expect(rows()).toEqual([
      ["d", "letters", "anna", 0],
      ["d", "parcels", "anna", 1],
    ]);
  });

  test("is closed in each for itself: a late observation corrects the open one, and is too late for the other alone", async () => {
    await driver.input(decisions).send(made("d", "parcels"), made("d", "letters"));
    const late = START + TTL + 1;
    await driver
      .input(observations)
      .send(seen("d", "letters", 12, late), seen("d", "", 3, late + 1), seen("d", "parcels", 12, late + 2));
    expect(rows()).toEqual([
      ["d", "letters", "anna", null],
      ["d", "letters", "anna", 0],
      ["d", "letters", "anna", 1],
      ["d", "parcels", "anna", null],
    ]);
    expect(buried()).toEqual([["observations", 2, "TOO_LATE"]]);
  });

  test("keeps the observations of a decision that has not come until they are orphans", async () => {
    await driver.input(observations).send(seen("d", "letters", 12));
    await driver.input(decisions).send(made("d", "parcels"));
    await driver.advanceTo(START + TTL + HOUR);
    expect(rows()).toEqual([["d", "parcels", "anna", null]]);
    await driver.input(decisions).send(made("d", "letters", {}, START + 1));
    await driver.advanceTo(START + 9 * HOUR);
    expect(rows()).toEqual([["d", "letters", "anna", 1]]);
    await driver.input(observations).send(seen("e", "letters", 12, START + 9 * HOUR));
    await driver.input(decisions).send(made("e", "parcels", {}, START + 9 * HOUR));
    await driver.advanceTo(START + 9 * HOUR + ORPHANS);
    expect(buried()).toEqual([["observations", 1, "TOO_LATE"]]);
  });

  test("leaves nothing behind", async () => {
    await driver.input(decisions).send(made("d", "parcels"), made("d", "letters"));
    await driver.input(observations).send(seen("d", "", 12));
    await driver.advanceTo(START + 10 * HOUR + ORPHANS);
    const kept = await engine.open("join-0");
    expect(await kept.range("join.", "join/")).toEqual([]);
  });
});

test("ids and use cases may hold any character: none is taken for another", async () => {
  const ids = [
    "d",
    "d\0parcels",
    "parcels/d",
    "7:parcelsd",
    "\u0001u7:parcelsd",
    "constructor",
    "__proto__",
    "\ud83d\ude00",
  ];
  for (const [at, id] of ids.entries()) {
    await driver.input(decisions).send(made(id, "parcels"));
    for (let i = 0; i < 12; i++)
      await driver.input(observations).send(seen(id, "", i === 11 ? at : 50, START + 1 + i, `${i}`));
  }
  await driver.advanceTo(START + WAIT);
  const labels = new Map(rows().map(([id, , , label]) => [id, label]));
  // The newest observation counts.
  expect(ids.map((id) => labels.get(id))).toEqual(ids.map((_, at) => (at >= 10 ? 1 : 0)));
  await driver.advanceTo(START + TTL + ORPHANS);
  for (const id of ids) expect(driver.state(join(), "pending").get(id)).toBeUndefined();
});

describe("two records of one id, as clients that key by the unit may leave them", () => {
  const early = made("d", "parcels", { unit: "anna" }, START);
  const late = made("d", "parcels", { unit: "bert" }, START + 1_000);
  const same = made("d", "parcels", { unit: "carl" }, START);

  test.each([
    [[early, late], 1],
    [[late, early], 0],
    [[early, same], 1],
    [[same, early], 0],
    [[late, same, early], 0],
  ])(
    "leave the row of the earlier one, then of the lesser unit, in whatever order they come (%#)",
    async (records, offset) => {
      for (const record of records) await driver.input(decisions).send(record);
      await driver.input(observations).send(seen("d", "", 12));
      await driver.advanceTo(START + WAIT + HOUR);
      expect(rows()).toEqual([["d", "parcels", "anna", 1]]);
      expect(buried()[0]).toEqual(["decisions", offset, "DECISION_ID_REUSED"]);
      expect(buried()).toHaveLength(records.length - 1);
      expect(driver.deadLetters()[0]!.message).toMatch(/"anna"|"bert"|"carl"/);
    },
  );

  test("leave the row that is made already, and the memory of it", async () => {
    await driver.input(decisions).send(late);
    await driver.advanceTo(START + WAIT + HOUR);
    await driver.input(decisions).send(early);
    await driver.advanceTo(START + TTL + HOUR);
    await driver.input(decisions).send(early, late);
    await driver.advanceTo(START + 2 * TTL);
    expect(rows()).toEqual([["d", "parcels", "bert", null]]);
    expect(buried()).toEqual([
      ["decisions", 1, "DECISION_ID_REUSED"],
      ["decisions", 2, "DECISION_ID_REUSED"],
    ]);
  });

  test("of the same time and unit are one that came twice", async () => {
    await driver.input(decisions).send(early, early);
    await driver.advanceTo(START + WAIT + HOUR);
    await driver.input(decisions).send(early);
    expect(rows()).toHaveLength(1);
    expect(buried()).toEqual([]);
  });
});
