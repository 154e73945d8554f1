import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publishBlueprint } from "../../../loop/index.ts";
import { startAnswers } from "../../../loop/keyed/answer-lookups.ts";
import { WindowShares } from "../../../operators/index.ts";
import { audit } from "../../../recompute/index.ts";
import { decisions, windowAnswers, windowLookups } from "../../../schemas/index.ts";
import { createRequester, prefixed, readTopic, silent } from "../../../streams/index.ts";
import { scorers } from "../../operators/parcels.ts";
import { openLive, type LiveLoop } from "../live-loop.ts";
import { blueprint, expected, seenBetween, type Seen } from "./devices.ts";

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let live: LiveLoop;
let seen: readonly Seen[] = [];

async function log(some: readonly Seen[]): Promise<void> {
  for (const { time, ...attributes } of some) await live.client.logEvent("seen", attributes, { time });
  await live.loop.idle();
}
async function decide(id: string, device: string, time: number): Promise<readonly unknown[]> {
  const context = { device, site: "site-1" };
  await live.client.getDecision("devices", { unit: "u", decisionId: id, context }, { time, timeout: 20_000 });
  await live.loop.idle();
  return (await live.all(decisions)).find(({ value }) => value.decisionId === id)!.value.features;
}
const devices = Array.from({ length: 12 }, (_, at) => `device-${at}`);

beforeAll(async () => {
  live = await openLive(START + 10 * HOUR, 3);
  await publishBlueprint(live.loop, blueprint(), 0);
  await live.loop.idle();
  seen = seenBetween(START, START + 10 * HOUR, 400, 10);
  await log(seen);
}, 120_000);
afterAll(() => live.close());

test("a process that is alone has all shares, and its windows are those of the events", async () => {
  for (const [at, device] of devices.entries()) {
    const time = START + 10 * HOUR - at;
    expect(await decide(`a-${at}`, device, time)).toEqual(expected(seen, device, "site-1", time));
  }
  // The first one may have come before the shares were known.
  expect((await live.all(windowLookups)).length).toBeLessThanOrEqual(1);
});

test.each([false, true])("so they are after a restart, without local state: %s", async (wiped) => {
  await live.restart({ wiped });
  for (const [at, device] of devices.entries()) {
    const time = START + 10 * HOUR - 20 - at;
    expect(await decide(`${String(wiped)}-${at}`, device, time)).toEqual(expected(seen, device, "site-1", time));
  }
});

/** Those of the loop, whatever another group gives. */
class LiveShares extends WindowShares {
  override hold(): void {
    this.version++;
  }
  override heldPartOf(...asked: Parameters<WindowShares["heldPartOf"]>): ReturnType<WindowShares["heldPartOf"]> {
    return live.loop.keyed.shares.heldPartOf(...asked);
  }
}

test("an instance that has not read as far as the one that asks has no answer", async () => {
  const { application, serdes } = live.loop;
  const backbone = prefixed(live.backbone, "apart-");
  for (const { name } of [windowLookups, windowAnswers])
    await backbone.ensureTopics([{ name, partitions: 1, cleanup: "delete" }]);
  let read = 4;
  const progress = { next: () => read, leftToFill: 0 };
  const options = { id: "apart", stateDir: join(live.dir, "apart"), backbone, serdes, patienceMs: 20, log: silent };
  const answers = await startAnswers({
    ...options,
    ...{ shares: new LiveShares(), onFailure: (error) => expect.fail(String(error)) },
    application: { global: (ref) => application.global(ref), globalsProgress: progress },
  });
  const requester = createRequester({ backbone, serdes, requests: windowLookups, replies: windowAnswers });
  const key = devices.find((device) => live.loop.keyed.shares.shareOf(device) === 0)!;
  const version = (await live.all(decisions))[0]!.value.blueprintVersion!;
  const lookup = { useCase: "devices", version, group: "seen/device", key, time: live.now };
  const ask = async () =>
    (await requester.request({ key: "", value: { lookups: [lookup], after: [5] }, time: live.now }, 10_000)).answers;
  expect(await ask()).toMatchObject([{ isKnown: false }]);
  read = 5;
  const right = expected(seen, key, "site-1", live.now).slice(0, 2);
  expect(await ask()).toMatchObject([{ isKnown: true, values: right }]);
  await requester.close();
  await answers.close();
});

test("an audit and a replay, which hold all windows themselves, find the same", async () => {
  const source = { backbone: live.backbone, serdes: live.loop.serdes, salt: "salt", scorers };
  expect(await audit(source, { share: 1, from: 0, to: Number.POSITIVE_INFINITY })).toMatchObject({ differences: [] });
  const { replay } = await live.replay({ useCase: "devices" });
  const [before, again] = [new Map<string, unknown>(), new Map<string, unknown>()];
  for (const { value } of await live.all(decisions)) before.set(value.decisionId, value.features);
  for await (const { value } of readTopic(prefixed(live.backbone, `${replay}-`), live.loop.serdes, decisions))
    again.set(value.decisionId, value.features);
  expect(again.size).toBe(36);
  expect(again).toEqual(before);
});

test("a version that wants the same windows whole makes them whole for all, and one that doesn't shares them out again", async () => {
  for (const [name, state] of [
    ["whole", "disk"],
    ["again", "keyed"],
  ] as const) {
    live.now += HOUR;
    await publishBlueprint(live.loop, blueprint(state).replace("y > 0.5", `y > ${name === "whole" ? 0.6 : 0.7}`));
    await live.loop.idle();
    for (const [at, device] of devices.entries()) {
      const time = live.now + 60_000 + at;
      expect(await decide(`${name}-${at}`, device, time)).toEqual(expected(seen, device, "site-1", time));
    }
  }
});

test("events that came while the process was away count, in parts that it kept", async () => {
  const more = seenBetween(live.now - HOUR, live.now, 60, 10, 2);
  await live.restart({
    async meanwhile() {
      for (const { time, ...attributes } of more) await live.client.logEvent("seen", attributes, { time });
    },
  });
  seen = [...seen, ...more];
  for (const [at, device] of devices.entries()) {
    const time = live.now + HOUR - at;
    expect(await decide(`away-${at}`, device, time)).toEqual(expected(seen, device, "site-1", time));
  }
});
