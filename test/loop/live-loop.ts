import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type Client } from "../../client/index.ts";
import {
  createEmbeddedBackbone,
  readTopic,
  type DeadLetterValue,
  type EmbeddedBackbone,
  type Topic,
} from "../../streams/index.ts";
import { clock, deadLetters } from "../../schemas/index.ts";
import { replay, startLoop, type Loop, type ReplayRequest, type ReplayResult } from "../../loop/index.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The whole loop on an embedded log whose clock is moved by hand. */
export interface LiveLoop {
  /** What time it is on the log, ms. */
  now: number;
  readonly loop: Loop;
  readonly backbone: EmbeddedBackbone;
  readonly dir: string;
  readonly client: Client;
  /** As when the process ends and another starts; `wiped`: without its local state. `meanwhile`: between them. */
  restart(how?: { readonly wiped?: boolean; readonly meanwhile?: () => Promise<void> }): Promise<void>;
  /** The clock moves to `to` and the loop is told so. */
  tick(to?: number): Promise<void>;
  all<V>(topic: Topic<V>): Promise<readonly { readonly key: string; readonly value: V; readonly time: number }[]>;
  letters(): Promise<readonly DeadLetterValue[]>;
  /** Makes decisions again, a day of them a step, in a folder beside the loop's. */
  replay(request: ReplayRequest): Promise<ReplayResult>;
  close(): Promise<void>;
}

/** @param start absent: its clocks are the machine's */
export async function openLive(start?: number, partitions = 2): Promise<LiveLoop> {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-live-"));
  const live = { now: start ?? Date.now() };
  const clocks = start === undefined ? {} : { now: () => live.now };
  const backbone = await createEmbeddedBackbone({ dir, ...clocks });
  const run = (): Promise<Loop> =>
    startLoop({
      id: "live",
      backbone,
      registry: backbone.registry,
      stateDir: join(dir, "state"),
      partitions,
      delivery: "exactlyOnce",
      commitIntervalMs: 0,
      maxTaskIdleMs: 0,
      salt: "salt",
      codeVersion: "test",
      ...clocks,
    });
  let loop = await run();
  const client = createClient({ backbone, registry: backbone.registry, buffer: false, ...clocks });
  const more = {
    backbone,
    dir,
    client,
    async restart({ wiped = false, meanwhile = () => Promise.resolve() } = {}) {
      await loop.close();
      await meanwhile();
      if (wiped) await rm(join(dir, "state"), { recursive: true });
      loop = await run();
      await loop.application.idle();
    },
    async tick(this: LiveLoop, to = live.now) {
      live.now = to;
      const time = loop.application.now();
      await loop.publisher.publish([{ topic: clock, key: "clock", value: { time }, time, partition: 0 }]);
      await loop.application.idle();
    },
    async replay(request: ReplayRequest) {
      const result = await replay({
        ...{
          backbone,
          registry: backbone.registry,
          partitions,
          stateEngine: "leveldb",
          commitIntervalMs: 0,
          salt: "salt",
        },
        ...{ dir: join(dir, "replays"), stepMs: DAY, latenessMs: HOUR, request },
      });
      return result!;
    },
    async all<V>(topic: Topic<V>) {
      const found: { readonly key: string; readonly value: V; readonly time: number }[] = [];
      for await (const record of readTopic(backbone, loop.serdes, topic)) found.push(record);
      return found;
    },
    async letters(this: LiveLoop) {
      return (await this.all(deadLetters)).map(({ value }) => value);
    },
    async close() {
      await client.close();
      await loop.close();
      await backbone.close();
      await rm(dir, { recursive: true });
    },
  };
  return Object.defineProperty(Object.assign(live, more), "loop", { get: () => loop }) as unknown as LiveLoop;
}
