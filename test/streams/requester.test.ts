import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  createEmbeddedBackbone,
  createRequester,
  defineTopic,
  ensureTopic,
  Publisher,
  replyAddress,
  Serdes,
  StreamsError,
  type Backbone,
  type EmbeddedBackbone,
  type Headers,
  type OutgoingRecord,
  type Reader,
  type Requester,
  type Topic,
} from "../../streams/index.ts";
import { bound } from "./bound-backbone.ts";

interface Word {
  readonly word: string;
}

const PARTITIONS = 4;
let dir: string;
let backbone: EmbeddedBackbone;
let serdes: Serdes;
let publisher: Publisher;
let questions: Topic<Word>;
let answers: Topic<Word>;
let count = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-requester-"));
  backbone = await createEmbeddedBackbone({ dir });
  serdes = new Serdes(backbone.registry);
  publisher = await Publisher.open(backbone, serdes, PARTITIONS);
});
beforeEach(async () => {
  count++;
  const schema = { type: "record", name: "Word", fields: [{ name: "word", type: "string" }] } as const;
  questions = defineTopic({ name: `questions-${count}`, schema });
  answers = defineTopic({ name: `answers-${count}`, schema });
  for (const topic of [questions, answers]) await ensureTopic(topic, backbone, serdes, PARTITIONS);
});
afterAll(async () => {
  await backbone.close();
  await rm(dir, { recursive: true });
});

const open = (over: Backbone = backbone, instanceId?: string): Requester<Word, Word> =>
  createRequester({
    backbone: over,
    serdes,
    requests: questions,
    replies: answers,
    ...(instanceId === undefined ? {} : { instanceId }),
  });
const ask = (requester: Requester<Word, Word>, word: string, timeoutMs = 5_000): Promise<Word> =>
  requester.request({ key: word, value: { word }, time: 1 }, timeoutMs);

interface Question {
  readonly word: string;
  readonly headers: Headers;
}

/** Waits until so many questions were written in all and gives them back. */
async function questionsAsked(number: number): Promise<Question[]> {
  const positions = (await backbone.offsets([questions.name])).map(({ topic, partition }) => ({
    topic,
    partition,
    offset: 0,
  }));
  const reader = await backbone.reader(positions);
  const found: Question[] = [];
  while (found.length < number) {
    for (const { records } of await reader.poll(1_000)) {
      for (const { value, headers } of records) found.push({ word: serdes.decode(questions, value!).word, headers });
    }
  }
  await reader.close();
  return found;
}

async function answer({ headers }: Pick<Question, "headers">, word: string): Promise<void> {
  const address = replyAddress(headers)!;
  const { partition } = address;
  await publisher.publish([
    { topic: answers, key: word, value: { word }, time: 2, headers: address.headers, partition },
  ]);
}

/** The same backbone with one of its parts replaced. */
function changed(parts: Partial<Backbone>): Backbone {
  return { ...bound(backbone), ...parts };
}

test("each of many requests under way gets its own reply, in whatever order they come", async () => {
  const requester = open();
  const words = Array.from({ length: 200 }, (_, i) => `word ${i}`);
  const replies = Promise.all(words.map((word) => ask(requester, word)));
  const asked = await questionsAsked(words.length);
  for (const question of asked.reverse()) await answer(question, question.word.toUpperCase());
  expect((await replies).map(({ word }) => word)).toEqual(words.map((word) => word.toUpperCase()));
  await requester.close();
});

test("requests of one turn of the event loop go out as one send", async () => {
  const sends: (readonly OutgoingRecord[])[] = [];
  const counting = changed({
    async producer(options) {
      const producer = await backbone.producer(options);
      return Object.assign(Object.create(producer) as typeof producer, {
        send: (records: readonly OutgoingRecord[]) => {
          sends.push(records);
          return producer.send(records);
        },
        close: () => producer.close(),
      });
    },
  });
  const requester = open(counting);
  const replies = Promise.all(Array.from({ length: 50 }, (_, i) => ask(requester, `${i}`)));
  for (const question of await questionsAsked(50)) await answer(question, question.word);
  await replies;
  expect(sends.map(({ length }) => length)).toEqual([50]);
  await requester.close();
});

test("a reply after the time-out, and a second reply, are dropped; later requests are answered", async () => {
  const requester = open();
  await expect(ask(requester, "slow", 20)).rejects.toMatchObject({ code: "TIMEOUT", flags: { retry: true } });
  const [slow] = await questionsAsked(1);
  await answer(slow!, "too late");
  const reply = ask(requester, "quick");
  const quick = (await questionsAsked(2)).find(({ word }) => word === "quick")!;
  await answer(quick, "first");
  await answer(quick, "second");
  expect(await reply).toEqual({ word: "first" });
  const next = ask(requester, "next");
  await answer(
    (await questionsAsked(3)).find(({ word }) => word === "next")!,
    "answer",
  );
  expect(await next).toEqual({ word: "answer" });
  await requester.close();
});

test("one instance id always reads the same partition", async () => {
  const partitions = new Set<number>();
  for (let i = 0; i < 3; i++) {
    const requester = open(backbone, "shop-7");
    const reply = ask(requester, "hello");
    const asked = await questionsAsked(i + 1);
    for (const question of asked) partitions.add(replyAddress(question.headers)!.partition);
    for (const question of asked) await answer(question, "hello");
    await reply;
    await requester.close();
  }
  expect(partitions.size).toBe(1);
});

test("a reply that was written while the brokers were away is received when they are back", async () => {
  let away = false;
  let polls: (() => void)[] = [];
  const unavailable = (): Promise<never> => Promise.reject(new StreamsError("BACKBONE_UNAVAILABLE", "away"));
  const flaky = changed({
    async reader(positions) {
      if (away) return unavailable();
      const reader = await backbone.reader(positions);
      const poll: Reader["poll"] = async (wait) => {
        const interrupted = new Promise<void>((done) => polls.push(done)).then(unavailable);
        return away ? unavailable() : Promise.race([reader.poll(wait), interrupted]);
      };
      return Object.assign(Object.create(reader) as Reader, { poll, close: () => reader.close() });
    },
  });
  const requester = open(flaky);
  const reply = ask(requester, "hello");
  const [question] = await questionsAsked(1);
  away = true;
  for (const interrupt of polls) interrupt();
  await expect(ask(requester, "others wait", 30)).rejects.toMatchObject({
    code: "TIMEOUT",
    cause: { message: "away" },
  });
  await answer(question!, "written meanwhile");
  away = false;
  polls = [];
  expect(await reply).toEqual({ word: "written meanwhile" });
  await requester.close();
});

test("a request that finds no brokers is refused, the next one opens anew", async () => {
  let away = true;
  const unavailable = (): Promise<never> => Promise.reject(new StreamsError("BACKBONE_UNAVAILABLE", "away"));
  const requester = open(
    changed({
      offsets: (topics) => (away ? unavailable() : backbone.offsets(topics)),
      producer: (options) => (away ? unavailable() : backbone.producer(options)),
    }),
  );
  await expect(ask(requester, "hello")).rejects.toMatchObject({ code: "BACKBONE_UNAVAILABLE" });
  away = false;
  const reply = ask(requester, "hello");
  await answer((await questionsAsked(1))[0]!, "hello");
  expect(await reply).toEqual({ word: "hello" });
  await requester.close();
});

test("a reply that is no record is the error of its request", async () => {
  const requester = open();
  const reply = ask(requester, "hello");
  const [question] = await questionsAsked(1);
  const { partition, headers } = replyAddress(question!.headers)!;
  const producer = await backbone.producer();
  const value = Buffer.from("hello");
  await producer.send([{ topic: answers.name, partition, timestamp: 1, key: null, value, headers }]);
  await expect(reply).rejects.toMatchObject({ code: "UNDECODABLE" });
  await requester.close();
});

test("a value that does not fit the schema is refused before anything is written", async () => {
  const requester = open();
  const wrong = { word: 3 } as unknown as Word;
  await expect(requester.request({ key: "", value: wrong, time: 1 }, 1_000)).rejects.toMatchObject({
    code: "UNENCODABLE",
  });
  expect((await backbone.offsets([questions.name])).every(({ end }) => end === 0)).toBe(true);
  await requester.close();
});

test("closing refuses what is under way; a second close and a close without a request do nothing", async () => {
  const requester = open();
  const reply = ask(requester, "hello", 3_600_000);
  await questionsAsked(1);
  const refused = expect(reply).rejects.toMatchObject({ code: "CLOSED" });
  await requester.close();
  await refused;
  await requester.close();
  await expect(ask(requester, "hello")).rejects.toMatchObject({ code: "CLOSED" });
  await open().close();
});

test("after close nothing keeps the process alive", async () => {
  const root = resolve(import.meta.dirname, "../..");
  const program = `
    import { mkdtempSync, rmSync } from "node:fs";
    import { createClient } from "./client/index.ts";
    import { decisionReplies, decisionRequests } from "./schemas/index.ts";
    import { createEmbeddedBackbone, ensureTopic, Serdes } from "./streams/index.ts";
    const dir = mkdtempSync(${JSON.stringify(join(dir, "child-"))});
    const backbone = await createEmbeddedBackbone({ dir });
    const serdes = new Serdes(backbone.registry);
    for (const topic of [decisionRequests, decisionReplies]) await ensureTopic(topic, backbone, serdes, 1);
    const client = createClient({ backbone, registry: backbone.registry });
    const long = client.getDecision("any", { unit: "a", context: {} }, { timeout: 3_600_000 });
    const short = await client.getDecision("any", { unit: "a", context: {} }, { timeout: 10 });
    await client.close();
    console.log(short.reason, (await long).error);
    await backbone.close();
    rmSync(dir, { recursive: true });
  `;
  const { stdout } = await promisify(execFile)(
    join(root, "node_modules/.bin/node"),
    ["--input-type=module", "-e", program],
    { cwd: root, timeout: 20_000 },
  );
  expect(stdout).toBe("error this requester is closed: create another one\n");
}, 900_000);
