import { expect, test } from "vitest";
import { ShareAsker } from "../../../loop/keyed/ask-shares.ts";
import { WindowShares } from "../../../operators/index.ts";
import type { WindowLookup, WindowsAnswered, WindowsAsked } from "../../../schemas/index.ts";
import { createMetrics, Outages, StreamsError, type Metrics, type Requester } from "../../../streams/index.ts";

type Answers = (asked: WindowsAsked, timeoutMs: number) => Promise<WindowsAnswered>;

function asking(answers: Answers, parts = 4) {
  const shares = new WindowShares();
  if (parts > 0) shares.hold([], parts);
  const metrics = createMetrics();
  const sent: { readonly share: number; readonly asked: WindowsAsked; readonly timeoutMs: number }[] = [];
  const requester: Requester<WindowsAsked, WindowsAnswered> = {
    request({ value, partition }, timeoutMs) {
      sent.push({ share: partition!, asked: value, timeoutMs });
      return answers(value, timeoutMs);
    },
    close: () => Promise.resolve(),
  };
  const closing = new AbortController();
  const next = (topic: string, partition: number) => (topic === "events" && partition < 2 ? 7 + partition : undefined);
  const asker = new ShareAsker({
    ...{ shares, requester, metrics, budgetMs: 40, signal: closing.signal, outage: new Outages().of("lookups") },
    application: { globalsProgress: { next, leftToFill: 0 } },
  });
  return { asker, shares, sent, closing, metrics };
}
const lookup = (key: string): WindowLookup => ({ useCase: "u", version: "v", group: "seen/device", key, time: 5 });
const lookups = Array.from({ length: 40 }, (_, at) => lookup(`key-${at}`));
const echo: Answers = ({ lookups: some }) =>
  Promise.resolve({ answers: some.map(({ key }) => ({ isKnown: true, values: [key] })) });
async function counted({ windowLookups }: Metrics): Promise<Record<string, number>> {
  const { values } = await windowLookups.get();
  return Object.fromEntries(values.map(({ value, labels }) => [labels.outcome, value]));
}
const late: Answers = () => Promise.reject(new StreamsError("TIMEOUT", "no answer"));

test("each part is asked once for all of its keys, and the answers are in the order of the lookups", async () => {
  const { asker, shares, sent, metrics } = asking(echo);
  expect(await asker.ask(lookups, false)).toEqual(lookups.map(({ key }) => [key]));
  expect(sent.map(({ share }) => share).sort()).toEqual([0, 1, 2, 3]);
  for (const { share, asked, timeoutMs } of sent) {
    expect(asked).toMatchObject({ after: [7, 8] });
    expect(new Set(asked.lookups.map((one) => shares.shareOf(one.key)))).toEqual(new Set([share]));
    expect(timeoutMs).toBe(40);
  }
  expect(await counted(metrics)).toMatchObject({ answered: 40, late: 0 });
});

test("a part that does not answer is not waited for, after three times not asked again at once, and leaves the others alone", async () => {
  const silent = new WindowShares();
  silent.hold([], 4);
  const isDead = (key: string): boolean => silent.shareOf(key) === 2;
  const { asker, sent, metrics } = asking((asked, ms) => (isDead(asked.lookups[0]!.key) ? late : echo)(asked, ms));
  const expected = lookups.map(({ key }) => (isDead(key) ? undefined : [key]));
  for (const all of [4, 8, 12, 15]) {
    expect(await asker.ask(lookups, false)).toEqual(expected);
    expect(sent.length).toBe(all);
  }
  const dead = 4 * expected.filter((values) => values === undefined).length;
  expect(await counted(metrics)).toMatchObject({ answered: 160 - dead, late: dead });
});

test("an instance that does not know yet has the windows missing, and history asks until it does", async () => {
  let times = 0;
  const filling: Answers = ({ lookups: some }) => {
    const isKnown = ++times > 3;
    return Promise.resolve({ answers: some.map(() => ({ isKnown, values: isKnown ? [1, null] : [] })) });
  };
  const { asker, sent } = asking(filling);
  expect(await asker.ask([lookup("a")], false)).toEqual([undefined]);
  expect(await asker.ask([lookup("a")], true)).toEqual([[1, null]]);
  expect(sent.length).toBe(4);
});

test("what asks for history ends when the loop does", async () => {
  const { asker, closing } = asking(late);
  const asked = asker.ask([lookup("a")], true);
  setTimeout(() => closing.abort(), 60);
  await expect(asked).rejects.toThrow(/abort/i);
});

test("keys that are long go in several records", async () => {
  const { asker, sent } = asking(echo);
  const long = Array.from({ length: 20 }, (_, at) => lookup(`${at}-${"x".repeat(80_000)}`));
  expect(await asker.ask(long, false)).toEqual(long.map(({ key }) => [key]));
  expect(sent.map(({ asked }) => asked.lookups.length)).toEqual(Array.from({ length: 20 }, () => 1));
});

test("before it is known who keeps what, nothing is asked, and the windows are missing", async () => {
  const { asker, sent, metrics } = asking(echo, 0);
  expect(await asker.ask([lookup("a"), lookup("b")], false)).toEqual([undefined, undefined]);
  expect(sent).toEqual([]);
  expect(await counted(metrics)).toMatchObject({ late: 2 });
});

test("brokers that can't be reached cost the windows, and no decision", async () => {
  const { asker } = asking(() => Promise.reject(new StreamsError("BACKBONE_UNAVAILABLE", "no broker")));
  expect(await asker.ask([lookup("a")], false)).toEqual([undefined]);
});
