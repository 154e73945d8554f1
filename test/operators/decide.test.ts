import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { blueprintTable } from "../../catalogue/index.ts";
import { decide, decisionSeed } from "../../operators/index.ts";
import {
  blueprints,
  deadLetters,
  decisionReplies,
  decisions,
  otherReplies,
  recordLimits,
  scored,
  type DecisionReplied,
  type Scored,
} from "../../schemas/index.ts";
import {
  avroStore,
  createMemoryEngine,
  createTestDriver,
  defineOperator,
  defineTopic,
  defineTopology,
  replyHeaders,
  type TestDriver,
} from "../../streams/index.ts";
import { parseBlueprint } from "../../blueprints/index.ts";
import { HOUR, PARCELS, parcels, published, request, START } from "./parcels.ts";

const topology = (salt: string) => defineTopology({ name: "t", operators: [decide(salt)], globals: [blueprintTable] });

let driver: TestDriver;
beforeEach(async () => {
  driver = await createTestDriver(topology("salt"), { deadLetters, partitions: 3, start: START });
  await driver.input(blueprints).send(published());
});
afterEach(() => driver.close());

function value(id: string, late: number | null, more: Partial<Scored["enriched"]> = {}): Scored {
  return {
    enriched: {
      request: request(id, { weight: 20 }),
      blueprintVersion: parcels.version,
      features: [20, "air", null, null, null, null],
      error: null,
      misfits: null,
      options: [],
      ...more,
    },
    modelId: late === null ? null : "m1",
    predictions: late === null ? {} : { late },
    options: [],
  };
}
const asking = (partition: number, id: string, topic = decisionReplies.name) =>
  replyHeaders(topic, partition, Buffer.from(id));

describe("the decision record", () => {
  test("keeps all entries of the context that a window could be kept by, whatever the windows of today", async () => {
    const context = { weight: 20, carrier: "air", express: true, depot: 7, note: "undeclared" };
    const asked = value("d", 0.75, { request: request("d", context) });
    await driver.input(scored).send({ key: "d", value: asked, time: START });
    expect(driver.output(decisions).read()?.value.keys).toEqual({ carrier: "air", depot: "7" });
  });

  test("keeps none where they are too large: it is made all the same, and the request is a dead letter that says so", async () => {
    const { decisionKeyBytes } = recordLimits;
    const asked = (id: string, length: number) => ({
      key: id,
      value: value(id, 0.75, { request: request(id, { depot: "x".repeat(length) }) }),
      time: START,
    });
    const most = decisionKeyBytes - "depot".length;
    await driver.input(scored).send(asked("fits", most), asked("d", most + 1));
    const made = driver.output(decisions).readAll();
    expect(made.map(({ key, value: { keys } }) => [key, keys?.["depot"]?.length ?? null])).toEqual([
      ["fits", most],
      ["d", null],
    ]);
    expect(driver.deadLetters()).toMatchObject([
      { code: "OVER_LIMIT", message: expect.stringMatching(/^decision d of use case parcels was made, but its keys/) },
    ]);
  });

  test("says everything that was known, and the reply what the product needs", async () => {
    await driver.input(scored).send({ key: "anna", value: value("d", 0.75), time: START, headers: asking(0, "c") });
    expect(
      driver
        .output(decisions)
        .readAll()
        .map(({ value: made }) => made),
    ).toEqual([
      {
        decisionId: "d",
        unit: "anna",
        useCase: "parcels",
        blueprintVersion: parcels.version,
        modelId: "m1",
        features: [20, "air", null, null, null, null],
        predictions: { late: 0.75 },
        actions: [false, true],
        distribution: [0, 1],
        value: true,
        propensity: 1,
        seed: decisionSeed("salt", "parcels", "d"),
        mode: "online",
        reason: "exploit",
        decisionTime: START,
        deferred: false,
        repeatOf: null,
        keys: {},
        parameters: {},
        options: [],
        candidates: 0,
        scores: [],
        proposed: [],
        beliefs: [],
      },
    ]);
    expect(driver.output(decisionReplies).read()?.value).toEqual({
      decisionId: "d",
      useCase: "parcels",
      value: true,
      reason: "exploit",
      propensity: 1,
      blueprintVersion: parcels.version,
      modelId: "m1",
      error: null,
      repeatOf: null,
      payload: null,
      ranking: null,
    });
  });

  test("without a model has no value, no distribution and reason noModel", async () => {
    await driver.input(scored).send({ key: "anna", value: value("d", null), time: START });
    expect(driver.output(decisions).read()?.value).toMatchObject({
      value: null,
      modelId: null,
      reason: "noModel",
      mode: "loggingOnly",
      distribution: [],
      propensity: null,
      actions: [false, true],
    });
  });

  test("of a policy that lacks a prediction has no value and reason error, and the reply says why", async () => {
    const lacking = { ...value("d", 0.5), predictions: {}, options: [] };
    await driver.input(scored).send({ key: "anna", value: lacking, time: START, headers: asking(0, "c") });
    expect(driver.output(decisions).read()?.value).toMatchObject({ value: null, reason: "error", distribution: [] });
    expect(driver.output(decisionReplies).read()?.value.error).toBe(
      "the policy gave no value: risk is missing: late is missing",
    );
  });

  test("gives the chosen action its propensity in a distribution that sums to 1", async () => {
    for (let i = 0; i <= 20; i++) {
      await driver.input(scored).send({ key: "anna", value: value(`d${i}`, i / 20), time: START + i });
    }
    for (const { value: made } of driver.output(decisions).readAll()) {
      expect(made.distribution.reduce((sum, p) => sum + p, 0)).toBe(1);
      expect(made.distribution[made.actions.indexOf(made.value!)]).toBe(made.propensity);
      expect(made.value).toBe(made.predictions["late"]! > 0.5);
    }
  });

  test("is keyed by the decision id and carries no header of the request", async () => {
    const headers = { ...asking(1, "c"), trace: Buffer.from("x") };
    await driver.input(scored).send({ key: "anna", value: value("d", 0.75), time: START, headers });
    const { key, headers: own } = driver.output(decisions).read()!;
    expect(key).toBe("d");
    expect(Object.keys(own)).toEqual(["loopstream_latency_ms"]);
  });
});

test("the seed is a function of salt, use case and decision id alone", () => {
  const seed = decisionSeed("salt", "parcels", "d");
  expect(seed).toBe(createHash("sha256").update("salt\0parcels\0d").digest("hex").slice(0, 16));
  const others = [
    decisionSeed("other", "parcels", "d"),
    decisionSeed("salt", "p", "d"),
    decisionSeed("salt", "parcels", "e"),
  ];
  expect(new Set([seed, ...others]).size).toBe(4);
});

describe("the reply", () => {
  test("goes to the partition and with the correlation id of its request", async () => {
    for (const partition of [0, 1, 2]) {
      const headers = asking(partition, `id ${partition}`);
      await driver.input(scored).send({ key: "anna", value: value(`d${partition}`, 0.75), time: START, headers });
    }
    const replies = driver.output(decisionReplies).readAll();
    expect(replies.map(({ partition }) => partition)).toEqual([0, 1, 2]);
    for (const { partition, headers } of replies) {
      expect(headers).toEqual({ kafka_correlationId: Buffer.from(`id ${partition}`) });
    }
  });

  test("is not written for a request that names no topic", async () => {
    await driver.input(scored).send({ key: "anna", value: value("d", 0.75), time: START });
    expect(driver.output(decisionReplies).readAll()).toEqual([]);
    expect(driver.output(decisions).readAll()).toHaveLength(1);
  });

  test.each([
    ["decision-replies-nowhere", 0, "there is no such topic"],
    [decisionReplies.name, 3, "the topic has 3 partitions"],
    [decisionReplies.name, 2 ** 31 - 1, "the topic has 3 partitions"],
  ])(
    "to %s/%i, which is not there, makes the request a dead letter; the decision stands",
    async (topic, partition, message) => {
      const headers = asking(partition, "c", topic);
      await driver.input(scored).send({ key: "anna", value: value("d", 0.75), time: START, headers, partition: 1 });
      expect(driver.deadLetters()).toMatchObject([
        {
          topic: scored.name,
          partition: 1,
          offset: 0,
          operator: "decide",
          code: "UNKNOWN_REPLY_TOPIC",
          message: expect.stringContaining(message),
        },
      ]);
      expect(driver.output(decisions).readAll()).toHaveLength(1);
    },
  );

  const own = "it is one of the application's own topics";
  test.each([
    ["blueprints", own],
    ["decisions", own],
    ["dead-letters", own],
    ["model-artifacts", own],
    ["hourly-stats", own],
    ["training-rows", own],
    ["training-rows.parcels", own],
    ["replay-1234-1-training-rows.parcels", own],
    ["t-decide-changelog", own],
    ["decision-replies-of-another-changelog", own],
    ["__consumer_offsets", "it is an internal topic"],
    ["_schemas", "it is an internal topic"],
    ["payments", "names of other topics for replies begin with decision-replies-"],
    ["decision-replies.x", "names of other topics for replies begin with decision-replies-"],
    ["decision-replies-\n", "that is no name of a topic"],
    ["constructor", "names of other topics for replies begin with decision-replies-"],
  ])("goes never to %s: the request is a dead letter and the decision stands", async (topic, reason) => {
    const headers = asking(0, "c", topic);
    await driver.input(scored).send({ key: "anna", value: value("d", 0.75), time: START, headers, partition: 1 });
    const message = expect.stringContaining(reason);
    expect(driver.deadLetters()).toMatchObject([
      { topic: scored.name, partition: 1, offset: 0, operator: "decide", code: "REPLY_NOT_ALLOWED", message },
    ]);
    expect(driver.output(decisions).readAll()).toMatchObject([{ key: "d", value: { value: true } }]);
    expect(driver.output(decisionReplies).readAll()).toEqual([]);
  });

  test("is refused in the same way to a repeated request, and to one that is not decided", async () => {
    const headers = asking(0, "c", "blueprints");
    const unknown = value("e", null, { blueprintVersion: null, features: [], error: "unknown use case" });
    await driver.input(scored).send({ key: "anna", value: value("d", 0.75), time: START });
    await driver.input(scored).send({ key: "anna", value: value("d", 0.75), time: START, headers });
    await driver.input(scored).send({ key: "anna", value: unknown, time: START, headers });
    expect(driver.deadLetters().map(({ offset, code }) => [offset, code])).toEqual([
      [1, "REPLY_NOT_ALLOWED"],
      [2, "REPLY_NOT_ALLOWED"],
      [2, "UNKNOWN_USE_CASE"],
    ]);
  });

  test.each([
    [{ kafka_replyPartition: Buffer.alloc(3) }, "kafka_replyPartition has 3 bytes"],
    [{ kafka_replyPartition: Buffer.alloc(5) }, "kafka_replyPartition has 5 bytes"],
    [{ kafka_replyPartition: Buffer.alloc(4, 0xff) }, "kafka_replyPartition has the value -1"],
    [{ kafka_correlationId: Buffer.alloc(5_000) }, "kafka_correlationId has 5000 bytes; at most 4096"],
    [{ kafka_replyTopic: Buffer.alloc(250, "a") }, "kafka_replyTopic has 250 bytes"],
  ])(
    "is not guessed from headers that are wrong (%#): the request is a dead letter that says which",
    async (wrong, message) => {
      const headers = { ...asking(0, "c"), ...wrong };
      await driver.input(scored).send({ key: "anna", value: value("d", 0.75), time: START, headers });
      expect(driver.deadLetters()).toMatchObject([
        { topic: scored.name, offset: 0, code: "REPLY_NOT_ALLOWED", message: expect.stringContaining(message) },
      ]);
      expect(driver.output(decisions).readAll()).toHaveLength(1);
      expect(driver.output(decisionReplies).readAll()).toEqual([]);
    },
  );

  test("goes to partition 0 of a request that names a topic and no partition", async () => {
    const { kafka_replyPartition: _, ...headers } = asking(2, "c") as Record<string, Buffer>;
    await driver.input(scored).send({ key: "anna", value: value("d", 0.75), time: START, headers });
    expect(driver.output(decisionReplies).readAll()).toMatchObject([{ partition: 0 }]);
  });

  test("may go to another topic whose name begins with the declared prefix, and to none of the loop's whatever the prefix", async () => {
    const mine = defineTopic<DecisionReplied>({ name: "decision-answers", schema: decisionReplies.schema });
    const asked = defineTopic<Scored>({ name: "asked", schema: scored.schema });
    const other = defineOperator({
      name: "other",
      in: { asked },
      out: { mine },
      state: {},
      globals: {},
      handlers: { asked: () => undefined },
    });
    const elsewhere = defineTopology({
      name: "t",
      operators: [decide("salt", { ...otherReplies, prefix: "decision" }), other],
      globals: [blueprintTable],
    });
    const run = await createTestDriver(elsewhere, { deadLetters, start: START });
    await run.input(blueprints).send(published());
    const ask = (id: string, topic: string) =>
      run.input(scored).send({ key: "anna", value: value(id, 0.75), time: START, headers: asking(0, "c", topic) });
    await ask("d1", "decision-requests");
    await ask("d2", "decisions");
    await ask("d3", mine.name);
    expect(run.deadLetters().map(({ code }) => code)).toEqual([
      "REPLY_NOT_ALLOWED",
      "REPLY_NOT_ALLOWED",
      "REPLY_NOT_ALLOWED",
    ]);
    expect(run.output(decisions).readAll()).toHaveLength(3);
    await ask("d4", "decision-answers-2");
    expect(run.deadLetters().at(-1)).toMatchObject({ code: "UNKNOWN_REPLY_TOPIC" });
    await run.close();
  });

  test("to a request without a blueprint is the error; the request is a dead letter and no decision is recorded", async () => {
    const error = 'unknown use case "parcels": no blueprint is published';
    const unknown = { ...value("d", null, { blueprintVersion: null, features: [], error }) };
    await driver.input(scored).send({ key: "anna", value: unknown, time: START, headers: asking(2, "c") });
    expect(driver.output(decisionReplies).read()).toMatchObject({
      partition: 2,
      value: { decisionId: "d", value: null, reason: "error", blueprintVersion: null, error },
    });
    expect(driver.output(decisions).readAll()).toEqual([]);
    expect(driver.deadLetters()).toMatchObject([{ operator: "decide", message: error }]);
  });
});

describe("a decision id that comes again", () => {
  const ask = (late: number | null, time: number, correlation: string) => ({
    key: "anna",
    value: value("d", late),
    time,
    headers: asking(0, correlation),
  });

  test("gets the answer it got, whatever the model says now, and leaves one record", async () => {
    await driver.input(scored).send(ask(0.75, START, "c1"), ask(0.1, START + 1, "c2"), ask(null, START + 60_000, "c3"));
    await driver.restart();
    await driver.input(scored).send(ask(0.1, START + 120_000, "c4"));
    expect(driver.output(decisions).readAll().length).toBe(1);
    const replies = driver.output(decisionReplies).readAll();
    expect(replies.length).toBe(4);
    for (const reply of replies) expect(reply.value).toEqual(replies[0]!.value);
    expect(replies.map(({ headers }) => Buffer.from(headers["kafka_correlationId"]!).toString())).toEqual([
      "c1",
      "c2",
      "c3",
      "c4",
    ]);
  });

  const KEPT = `${PARCELS}retention: { answers: 12h, repeats: 2d }\n`;
  const kept = parseBlueprint(KEPT);
  const askKept = (late: number, time: number) => ({
    ...ask(late, time, "c"),
    value: value("d", late, { blueprintVersion: kept.version }),
  });
  const made = () =>
    driver
      .output(decisions)
      .readAll()
      .map(({ value: { value: chosen, repeatOf }, time }) => [
        chosen,
        time - START,
        repeatOf === null ? null : repeatOf - START,
      ]);

  test("five times within the retention leaves one record and five equal replies; the sixth after it is a new one that says so", async () => {
    await driver.input(blueprints).send(published(KEPT));
    for (let i = 0; i < 5; i++) await driver.input(scored).send(askKept(i === 0 ? 0.75 : 0.1, START + i * HOUR));
    await driver.restart();
    expect(made()).toEqual([[true, 0, null]]);
    const replies = driver.output(decisionReplies).readAll();
    expect(replies).toHaveLength(5);
    for (const reply of replies) expect(reply.value).toEqual(replies[0]!.value);
    await driver.input(scored).send(askKept(0.1, START + 12 * HOUR + 1));
    expect(made()).toEqual([[false, 12 * HOUR + 1, 0]]);
    expect(driver.output(decisionReplies).read()?.value).toMatchObject({ value: false, repeatOf: START });
  });

  test("again and again names the first; the mark is all that is left of an answer, and goes too", async () => {
    await driver.input(blueprints).send(published(KEPT));
    const times = [0, 13 * HOUR, 26 * HOUR];
    for (const time of times) await driver.input(scored).send(askKept(0.75, START + time));
    expect(made()).toEqual([
      [true, 0, null],
      [true, 13 * HOUR, 0],
      [true, 26 * HOUR, 0],
    ]);
    const other = { ...askKept(0.75, START + 40 * HOUR), key: "anna" };
    await driver.input(scored).send({ ...other, value: value("e", 0.75, { blueprintVersion: kept.version }) });
    const forgetAt = START + 26 * HOUR + 48 * HOUR;
    expect(driver.state(decide("salt"), "answered").get("d")).toEqual([
      { useCase: "parcels", unit: "anna", reply: null, first: START, until: forgetAt, forgetAt },
    ]);
    await driver.input(scored).send({ ...other, time: START + 74 * HOUR + 1 });
    expect(made().at(-1)).toEqual([true, 74 * HOUR + 1, null]);
  });

  test("is a new decision once the join's TTL is over, where the blueprint says nothing else", async () => {
    const { ttlMs } = parcels.join;
    await driver.input(scored).send(ask(0.75, START, "c1"));
    await driver.input(scored).send(ask(0.1, START + ttlMs - 1, "c2"), ask(0.1, START + ttlMs + 1, "c3"));
    expect(made()).toEqual([
      [true, 0, null],
      [false, ttlMs + 1, 0],
    ]);
  });
});

describe("one id", () => {
  const LETTERS = PARCELS.replace("useCase: parcels", "useCase: letters");
  const letters = parseBlueprint(LETTERS);
  const ask = (id: string, unit: string, late: number, time: number, useCase = "parcels") => {
    const { version } = useCase === "parcels" ? parcels : letters;
    const enriched = { request: request(id, { weight: 20 }, { unit, useCase }), blueprintVersion: version };
    return { key: id, value: value(id, late, enriched), time, headers: asking(0, useCase) };
  };
  const replied = () =>
    driver
      .output(decisionReplies)
      .readAll()
      .map(({ value: reply }) => [reply.decisionId, reply.useCase, reply.value]);

  test("in two use cases is two decisions, each with its own answer, and keeps both as long as it says", async () => {
    await driver.input(blueprints).send(published(LETTERS));
    await driver.input(scored).send(ask("d", "anna", 0.75, START), ask("d", "anna", 0.1, START, "letters"));
    await driver.restart();
    await driver.input(scored).send(ask("d", "anna", 0.1, START + 1), ask("d", "anna", 0.75, START + 1, "letters"));
    expect(replied()).toEqual([
      ["d", "parcels", true],
      ["d", "letters", false],
      ["d", "parcels", true],
      ["d", "letters", false],
    ]);
    expect(
      driver
        .output(decisions)
        .readAll()
        .map(({ key, value: made }) => [key, made.useCase]),
    ).toEqual([
      ["d", "parcels"],
      ["d", "letters"],
    ]);
    expect(driver.deadLetters()).toEqual([]);
  });

  test("may hold any character, and so may use cases: no two are taken for one another", async () => {
    const ids = ["", "d", "d\0parcels", "parcels/d", "2:d", '["parcels","d"]', "constructor", "__proto__"];
    await driver.input(scored).send(...ids.map((id) => ask(id, "anna", 0.75, START)));
    await driver.input(scored).send(...ids.map((id) => ask(id, "anna", 0.1, START + 1)));
    expect(
      driver
        .output(decisions)
        .readAll()
        .map(({ value: made }) => made.decisionId)
        .sort(),
    ).toEqual([...ids].sort());
    const answers = replied();
    expect(answers).toHaveLength(2 * ids.length);
    for (const id of ids) expect(answers.filter(([of]) => of === id)).toEqual([0, 1].map(() => [id, "parcels", true]));
  });

  test("under two units is one decision and one answer; the second request is a dead letter that names both", async () => {
    await driver.input(scored).send(ask("d", "anna", 0.75, START), ask("d", "bert", 0.1, START + 1));
    expect(replied()).toEqual([
      ["d", "parcels", true],
      ["d", "parcels", true],
    ]);
    expect(driver.output(decisions).readAll()).toMatchObject([{ value: { unit: "anna" } }]);
    expect(driver.deadLetters()).toMatchObject([
      {
        topic: "scored",
        offset: 1,
        code: "DECISION_ID_REUSED",
        message: expect.stringMatching(/decision d of use case parcels is of unit "anna" .* for unit "bert"/),
      },
    ]);
  });

  test("that was answered by a former version is known, and its answer is kept and forgotten as before", async () => {
    const reply = {
      decisionId: "d",
      useCase: "parcels",
      value: true,
      reason: "exploit",
      propensity: 1,
      blueprintVersion: parcels.version,
      modelId: "m0",
      error: null,
      repeatOf: null,
    };
    const times = { first: START - 5, until: START + HOUR, forgetAt: START + 2 * HOUR };
    // Replies of then had no payload and no ranking.
    const { fields, ...of } = decisionReplies.schema as { readonly fields: readonly { readonly name: string }[] };
    const replySchema = { ...of, fields: fields.filter(({ name }) => name !== "payload" && name !== "ranking") };
    const former = avroStore<unknown>(
      defineTopic({
        name: "former",
        schema: {
          type: "record",
          name: "Answered",
          fields: [
            { name: "reply", type: ["null", replySchema] },
            ...Object.keys(times).map((name) => ({ name, type: "long" })),
          ],
        },
      }),
    );
    const read = (bytes: Uint8Array) => decide("salt").state.answered.decode(bytes);
    expect(read(former.encode({ reply, ...times }))).toMatchObject([
      { useCase: "parcels", unit: null, reply: { value: true }, ...times },
    ]);
    expect(read(former.encode({ reply: null, ...times }))).toEqual([
      { useCase: null, unit: null, reply: null, ...times },
    ]);
    const engine = createMemoryEngine();
    const due = String(times.until).padStart(16, "0");
    await (
      await engine.open("decide-0")
    ).write([
      ["decide.answered\0d", former.encode({ reply, ...times })],
      [`\u0002${due}\0decide\0d`, Uint8Array.of(1)],
    ]);
    const run = await createTestDriver(topology("salt"), { deadLetters, start: START, engine });
    await run.input(blueprints).send(published());
    await run.input(scored).send(ask("d", "anna", 0.1, START), ask("d", "bert", 0.1, START + 1));
    expect(run.output(decisions).readAll()).toEqual([]);
    expect(
      run
        .output(decisionReplies)
        .readAll()
        .map(({ value: again }) => again),
    ).toEqual([
      { ...reply, payload: null, ranking: null },
      { ...reply, payload: null, ranking: null },
    ]);
    expect(run.deadLetters()).toEqual([]);
    await run.input(scored).send(ask("e", "anna", 0.1, times.until), ask("d", "anna", 0.1, times.until + 1));
    expect(run.output(decisions).readAll().at(-1)).toMatchObject({
      key: "d",
      value: { value: false, repeatOf: times.first },
    });
    await run.close();
  });
});
