import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLocalClient, type LocalClient } from "../../local/index.ts";
import { publishBlueprint, startLoop, startTicker, type Loop } from "../../loop/index.ts";
import { deadLetters, decisions, observations } from "../../schemas/index.ts";
import { createEmbeddedBackbone, readTopic, type EmbeddedBackbone, type Topic } from "../../streams/index.ts";
import { recordedLog } from "../streams/recorded-log.ts";
import { eventually } from "../eventually.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TEXT = `
useCase: parcels
decisionSpace: boolean
context: { weight: number }
observations: { minutes: number }
features: [weight]
label: { name: late, value: minutes > 10, wait: 1h, default: 0 }
policy: { decide: weight > 15 }
training: { schedule: none, freshRows: none }
`;

let dir: string;
let backbone: EmbeddedBackbone;
let running: { readonly loop: Loop; readonly ticker: { close(): Promise<void> } } | undefined;
let local: LocalClient | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-local-clocks-"));
  backbone = await createEmbeddedBackbone({ dir: join(dir, "log") });
  await start();
  await publishBlueprint(running!.loop, TEXT);
  await running!.loop.application.idle();
});
afterEach(async () => {
  await local?.close();
  await stop();
  await backbone.close();
  await rm(dir, { recursive: true });
  local = undefined;
});

async function start(): Promise<void> {
  const loop = await startLoop({
    ...{ id: "live", backbone, registry: backbone.registry, stateDir: join(dir, "state"), partitions: 1 },
    ...{ delivery: "exactlyOnce", commitIntervalMs: 0, maxTaskIdleMs: 0, salt: "salt", codeVersion: "test" },
  });
  running = { loop, ticker: startTicker(loop, 20) };
}

async function stop(): Promise<void> {
  await running?.ticker.close();
  await running?.loop.close();
  running = undefined;
}

const clocksOff = (ms: number) => ({ wall: () => Date.now() + ms, monotonic: () => performance.now() });

/** A product's process whose clock is off. */
async function open(off: number, now?: () => number) {
  const { log, lines } = recordedLog();
  const shared = { backbone, registry: backbone.registry, salt: "salt", useCases: ["parcels"] };
  local = await createLocalClient({ ...shared, log, now }, clocksOff(off));
  return { local, said: () => lines.map(({ message }) => message), lines };
}

async function all<V>(topic: Topic<V>): Promise<readonly { readonly value: V; readonly time: number }[]> {
  await running!.loop.application.idle();
  const found = [];
  for await (const record of readTopic(backbone, running!.loop.serdes, topic)) found.push(record);
  return found;
}

/** There is no model. */
const made = { reason: "noModel", error: null };
const request = (decisionId: string) => ({ decisionId, unit: "u", context: { weight: 20 } });

test.each([3 * DAY, -3 * DAY])(
  "a machine whose clock is off by %i ms decides and observes by the log's",
  async (off) => {
    const { local, said } = await open(off);
    expect(await local.getDecision("parcels", request("a"))).toMatchObject(made);
    expect(await local.logObservations("a", { minutes: 30 })).toMatchObject({ ok: true });
    expect(await local.flush()).toEqual({ waiting: 0 });
    for (const [record] of [await all(decisions), await all(observations)])
      expect(Math.abs(record!.time - Date.now())).toBeLessThan(HOUR);
    expect(await all(deadLetters)).toEqual([]);
    expect(said()).toEqual(["this machine's clock is not the log's: event time goes by the log's"]);
    expect(local.clock.deadLetters).toBe(0);
    expect(Math.abs(local.clock.aheadMs! - off)).toBeLessThan(60_000);
  },
);

test("a time that the loop would refuse is refused before the answer, of a call or of the product's own clock", async () => {
  const { local } = await open(3 * DAY, () => Date.now() + 3 * DAY);
  const refused = { value: false, isDefault: true, error: expect.stringMatching(/is ahead of now/) as string };
  const fallback = { default: false };
  expect(await local.getDecision("parcels", request("a"), fallback)).toMatchObject(refused);
  const time = Date.now() + 2 * HOUR;
  expect(await local.getDecision("parcels", request("b"), { ...fallback, time })).toMatchObject(refused);
  expect(await local.logObservations("b", { minutes: 1 })).toMatchObject({ ok: false });
  const now = { ...fallback, time: Date.now() };
  expect(await local.getDecision("parcels", request("d"), now)).toMatchObject(made);
  await local.flush();
  expect((await all(decisions)).map(({ value }) => value.decisionId)).toEqual(["d"]);
  expect(await all(deadLetters)).toEqual([]);
});

test("decisions that were answered while no loop told the time are counted once it does", async () => {
  await stop();
  const { local, lines } = await open(3 * DAY);
  for (const id of ["a", "b", "b"]) expect(await local.getDecision("parcels", request(id))).toMatchObject(made);
  expect(await local.flush()).toEqual({ waiting: 0 });
  expect(local.clock).toEqual({ aheadMs: null, deadLetters: 0 });
  await start();
  await eventually(() => Promise.resolve(expect(local.clock.deadLetters).toBe(2)), { timeout: 20_000 });
  const [told] = lines.filter(({ message }) => message.includes("dead letters (AHEAD_OF_TIME)"));
  expect(told).toMatchObject({ level: "error", fields: { decisions: 2 } });
  expect(await local.getDecision("parcels", request("c"))).toMatchObject(made);
  await local.flush();
  expect((await all(decisions)).map(({ value }) => value.decisionId)).toEqual(["c"]);
  expect((await all(deadLetters)).map(({ value }) => value.code)).toEqual(["AHEAD_OF_TIME", "AHEAD_OF_TIME"]);
});
