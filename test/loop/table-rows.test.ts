import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishBlueprint } from "../../loop/index.ts";
import { versionKey } from "../../blueprints/index.ts";
import {
  decisionRequests,
  decisions,
  tableRows,
  type DecisionRecorded,
  type DecisionRequested,
  type TableRow,
} from "../../schemas/index.ts";
import { prefixed, readTopic } from "../../streams/index.ts";
import { HOUR, PARCELS, START } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

const TEXT = PARCELS.replace(
  "observations:\n",
  `tables:
  depots:
    key: depot
    fields: { city: category, bays: number, open: boolean }
    maxRows: 6
  cities:
    key: [city, carrier]
    fields: { trucks: number }
observations:
`,
).replace(
  "tables:\n",
  `  - city: { table: depots, field: city, by: depot }
  - bays: { table: depots, field: bays, by: depot }
  - open: { table: depots, field: open, by: depot }
  - trucks: { table: cities, field: trucks, by: [city, carrier] }
tables:
`,
);

describe("rows of reference tables", () => {
  let live: LiveLoop;
  let n = 0;
  const put = async (
    table: string,
    key: readonly string[],
    validFrom: number,
    values: TableRow["values"],
    recordKey = versionKey(table, key, validFrom),
  ): Promise<void> => {
    const value = { table, key, validFrom, values };
    await live.loop.publisher.publish([{ topic: tableRows, key: recordKey, value, time: live.now }]);
    await live.loop.application.idle();
  };
  const ask = async (time: number, context: DecisionRequested["context"]): Promise<readonly unknown[]> => {
    live.now = Math.max(live.now, time);
    const decisionId = `d${n++}`;
    const value = { decisionId, useCase: "parcels", unit: "u", context, deferred: false, logged: null };
    await live.loop.publisher.publish([{ topic: decisionRequests, key: decisionId, value, time }]);
    await live.loop.application.idle();
    return (await features(decisions)).get(decisionId)!.slice(-4);
  };
  const letters = async (): Promise<readonly string[]> =>
    (await live.letters()).map(({ code, message }) => `${code}: ${message}`).sort();
  const features = async (of: typeof decisions): Promise<ReadonlyMap<string, DecisionRecorded["features"]>> =>
    new Map((await live.all(of)).map(({ value }) => [value.decisionId, value.features]));

  beforeAll(async () => {
    live = await openLive(START);
    await publishBlueprint(live.loop, TEXT, 0);
    await live.tick();
  });
  afterAll(() => live.close());

  test("a version counts strictly after its time, and a later version after its own", async () => {
    await put("depots", ["north"], START, { city: "Oslo", bays: 4, open: true });
    await put("depots", ["north"], START + 2 * HOUR, { city: "Oslo", bays: 9, open: false });
    await put("cities", ["Oslo", "air"], START, { trucks: 12 });
    const north = { depot: "north", carrier: "air" };
    expect(await ask(START, north)).toEqual([null, null, null, null]);
    expect(await ask(START + 1, north)).toEqual(["Oslo", 4, 1, 12]);
    expect(await ask(START + 2 * HOUR, north)).toEqual(["Oslo", 4, 1, 12]);
    expect(await ask(START + 2 * HOUR + 1, north)).toEqual(["Oslo", 9, 0, 12]);
  });

  test("a missing key, an unknown key and a deleted row are missing values", async () => {
    const time = START + 3 * HOUR;
    expect(await ask(time, { carrier: "air" })).toEqual([null, null, null, null]);
    expect(await ask(time, { depot: "west", carrier: "air" })).toEqual([null, null, null, null]);
    expect(await ask(time, { depot: "north" })).toEqual(["Oslo", 9, 0, null]);
    await put("depots", ["north"], time, null);
    expect(await ask(time, { depot: "north", carrier: "air" })).toEqual(["Oslo", 9, 0, 12]);
    expect(await ask(time + 1, { depot: "north", carrier: "air" })).toEqual([null, null, null, null]);
  });

  test("of two versions of one time the one that was written later counts", async () => {
    const time = START + 4 * HOUR;
    await put("depots", ["south"], time, { city: "Rome", bays: 1, open: null });
    await put("depots", ["south"], time, { city: "Rome", bays: 2, open: null });
    expect(await ask(time + 1, { depot: "south" })).toEqual(["Rome", 2, null, null]);
  });

  test("a row that does not fit, or lies under another key than its version's, is a dead letter with the reason", async () => {
    const time = START + 5 * HOUR;
    await put("depots", ["south"], time, { city: "Rome", bays: "many", open: true });
    await put("depots", ["south", "2"], time, { city: "Rome" });
    await put("depots", ["south"], time, { bays: 5 }, "depots/south");
    await expect
      .poll(letters, { timeout: 10_000 })
      .toEqual([
        expect.stringMatching(/^BAD_ROW: bays of table depots: "many" is not a number/),
        expect.stringMatching(/^BAD_ROW: table depots has the key depot, and the row has 2/),
        expect.stringMatching(
          /^BAD_ROW: the record's key is "depots\/south", and that of this version "depots\/south@\d+"/,
        ),
      ]);
    expect(await ask(time + 1, { depot: "south" })).toEqual(["Rome", 2, null, null]);
  });

  test("a record without a value takes its version back", async () => {
    const time = START + 6 * HOUR;
    await put("depots", ["south"], time, { city: "Rome", bays: 7, open: null });
    expect(await ask(time + 1, { depot: "south", weight: 77 })).toEqual(["Rome", 7, null, null]);
    const key = Buffer.from(versionKey("depots", ["south"], time));
    const producer = await live.backbone.producer();
    await producer.send([{ topic: tableRows.name, partition: 0, timestamp: live.now, key, value: null }]);
    await producer.close();
    await live.loop.application.idle();
    expect(await ask(time + 2, { depot: "south" })).toEqual(["Rome", 2, null, null]);
  });

  test("past maxRows a row is refused, and the rows before it stay", async () => {
    const time = START + 7 * HOUR;
    await put("depots", ["east"], time, { city: "Riga", bays: 3, open: true });
    await put("depots", ["west"], time, { city: "Bonn", bays: 3, open: true });
    expect(await ask(time + 1, { depot: "east" })).toEqual(["Riga", 3, 1, null]);
    expect(await ask(time + 1, { depot: "west" })).toEqual([null, null, null, null]);
    await expect
      .poll(async () => (await letters()).at(-1), { timeout: 10_000 })
      .toMatch(/^TABLE_FULL: table depots holds 6/);
  });

  test("a loop without its state, and a replay, find the same rows for every decision", async () => {
    const before = await features(decisions);
    await live.restart({ wiped: true });
    await live.tick(START + 20 * HOUR);
    expect(await ask(START + 7 * HOUR + 2, { depot: "east" })).toEqual(["Riga", 3, 1, null]);
    expect(await ask(START + 7 * HOUR + 2, { depot: "west" })).toEqual([null, null, null, null]);
    const { replay } = await live.replay({ useCase: "parcels" });
    const again = new Map<string, DecisionRecorded["features"]>();
    for await (const { value } of readTopic(prefixed(live.backbone, `${replay}-`), live.loop.serdes, decisions))
      again.set(value.decisionId, value.features);
    expect(before.size).toBeGreaterThan(10);
    // Its version was taken back: as if it had never been.
    const undone = [...before].filter(([, [weight]]) => weight === 77).map(([id]) => id);
    expect(undone.map((id) => again.get(id)?.at(-3))).toEqual([2]);
    const others = [...before].filter(([id]) => !undone.includes(id));
    for (const [id, values] of others) expect([id, again.get(id)]).toEqual([id, values]);
  });
});
