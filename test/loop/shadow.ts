import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { validBlueprints } from "../../catalogue/index.ts";
import { replay, shadowView, startLoop, startShadow, unshadowBlueprint, shadowBlueprint } from "../../loop/index.ts";
import { hashRows, newestRows, openSpill, rowsTopic } from "../../rows/index.ts";
import {
  blueprints,
  clock,
  deadLetters,
  decisionReplies,
  decisions,
  type DecisionRecorded,
} from "../../schemas/index.ts";
import { createMemoryEngine, readTopic, type Backbone, type SchemaRegistry, type Topic } from "../../streams/index.ts";
import { compareShadow } from "../../trainer/index.ts";
import { random } from "../blueprints/random.ts";
import { eventually } from "../eventually.ts";
import { HOUR, published, START } from "../operators/parcels.ts";
import { history, TEXT, wider, WIDER, type Sent } from "./random-history.ts";

interface Log {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly prefix: string;
}

const of = { useCase: "parcels", version: wider };
const span = { from: START, to: Number.POSITIVE_INFINITY };
const compiled = compileBlueprint(WIDER);

/** A loop and a version in shadow beside it. */
class Both {
  readonly #log: Log;
  readonly #dir: string;
  loop!: Awaited<ReturnType<typeof startLoop>>;
  shadow!: Awaited<ReturnType<typeof startShadow>>;

  private constructor(log: Log, dir: string) {
    this.#log = log;
    this.#dir = dir;
  }

  static async open(open: () => Promise<Log>): Promise<Both> {
    const both = new Both(await open(), await mkdtemp(join(tmpdir(), "loopstream-shadow-")));
    await both.startLive();
    await both.loop.publisher.publish([{ topic: blueprints, ...published(TEXT) }]);
    await shadowBlueprint(both.loop, WIDER, START);
    await both.loop.application.idle();
    await both.startShadow();
    return both;
  }

  get #common() {
    const { backbone, registry, prefix } = this.#log;
    return { backbone, registry, subjectPrefix: prefix, partitions: 2, salt: "s" } as const;
  }

  async startLive(): Promise<void> {
    this.loop = await startLoop({
      ...this.#common,
      ...{ id: "live", stateDir: join(this.#dir, "live"), delivery: "exactlyOnce", codeVersion: "test" },
      ...{ commitIntervalMs: 0, maxTaskIdleMs: 0 },
    });
  }

  async startShadow(): Promise<void> {
    this.shadow = await startShadow({ ...this.#common, liveId: "live", dir: join(this.#dir, "shadow"), of, span });
  }

  async restartShadow({ wiped = false } = {}): Promise<void> {
    await this.shadow.close();
    if (wiped) await rm(join(this.#dir, "shadow"), { recursive: true });
    await this.startShadow();
  }

  async tick(time: number): Promise<void> {
    await this.loop.publisher.publish([{ topic: clock, key: "clock", value: { time }, time, partition: 0 }]);
    await this.loop.application.idle();
  }

  get side(): Backbone {
    return shadowView(this.#log.backbone, of);
  }

  async all<V>(backbone: Backbone, topic: Topic<V>): Promise<readonly V[]> {
    const found: V[] = [];
    if ((await backbone.partitions(topic.name)) === undefined) return found;
    for await (const { value } of readTopic(backbone, this.loop.serdes, topic)) found.push(value);
    return found;
  }

  decided(backbone = this.#log.backbone): Promise<readonly DecisionRecorded[]> {
    return this.all(backbone, decisions);
  }

  /** Over the newest rows. */
  async sha(): Promise<string> {
    const topic = rowsTopic(compiled);
    if ((await this.side.partitions(topic.name)) === undefined) return hashRows([topic, []]);
    return hashRows([topic, await newestRows(this.side, this.loop.serdes, topic, () => true)]);
  }

  replay() {
    return replay({
      ...this.#common,
      ...{ commitIntervalMs: 0, engine: createMemoryEngine(), dir: join(this.#dir, "replays") },
      ...{ stepMs: 8 * HOUR, latenessMs: HOUR, request: { useCase: "parcels", blueprintVersion: wider, from: START } },
    });
  }

  async compare() {
    const { backbone } = this.#log;
    const { serdes, tables } = this.loop;
    const known = validBlueprints((await tables()).blueprints);
    const memory = { bytes: 1 << 20, spill: openSpill };
    return compareShadow({ live: backbone, shadow: this.side, serdes }, compiled, known, { spans: [span], ...memory });
  }

  async close(): Promise<void> {
    await this.shadow.close();
    await this.loop.close();
    await rm(this.#dir, { recursive: true });
  }
}

/** In the order of time, some at once. */
function* pieces(sent: readonly Sent[], size: number): Generator<readonly Sent[]> {
  for (let at = 0; at < sent.length; at += size) yield sent.slice(at, at + size);
}

const END = START + 100 * HOUR;

export function shadowSuite(open: () => Promise<Log>): void {
  test(
    "the rows of a version in shadow are those of a replay by it, whenever it is started again, and no product sees it",
    { timeout: 240_000 },
    async () => {
      const both = await Both.open(open);
      try {
        const sent = history(random(11), 60);
        let piece = 0;
        for (const some of pieces(sent, Math.ceil(sent.length / 9))) {
          await both.loop.publisher.publish(some);
          await both.tick(some.at(-1)!.time);
          piece++;
          // Sometimes it is far behind the live loop, and sometimes beside it.
          if (piece % 3 === 1) await both.shadow.idle();
          if (piece === 4) await both.restartShadow();
          if (piece === 6) await both.restartShadow({ wiped: true });
        }
        await both.tick(END);
        await both.shadow.idle();
        const replayed = (await both.replay())!;
        expect(replayed).toMatchObject({ decisions: 60, late: 0 });
        expect(await both.sha()).toBe(replayed.rowsSha256);
        const again = await both.decided(both.side);
        expect(again.map(({ blueprintVersion }) => blueprintVersion)).toEqual(again.map(() => wider));
        expect(again).toHaveLength(60);
        expect((await both.decided()).some(({ blueprintVersion }) => blueprintVersion === wider)).toBe(false);
        expect(await both.all(both.side, decisionReplies)).toEqual([]);
        const letters = await both.all(both.side, deadLetters);
        expect(new Set(letters.map(({ code }) => code))).toEqual(new Set(["TOO_LATE"]));
        expect(letters).toHaveLength(replayed.deadLetters);
      } finally {
        await both.close();
      }
    },
  );

  test(
    "it goes only as far as the live loop has decided, so that its rows have the live actions",
    { timeout: 120_000 },
    async () => {
      const both = await Both.open(open);
      try {
        const sent = history(random(5), 20);
        const half = sent.slice(0, sent.length / 2);
        await both.loop.publisher.publish(half);
        await both.tick(half.at(-1)!.time);
        await both.shadow.idle();
        const { publisher } = both.loop;
        await both.loop.application.close();
        await publisher.publish(sent.slice(half.length));
        await publisher.publish([{ topic: clock, key: "clock", value: { time: END }, time: END, partition: 0 }]);
        // Its own decisions are made; their rows wait for the live ones.
        await eventually(async () => expect(await both.decided(both.side)).toHaveLength(20));
        const before = await both.sha();
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        expect(await both.sha()).toBe(before);
        await both.loop.close();
        await both.startLive();
        await both.loop.application.idle();
        await both.shadow.idle();
        expect(await both.sha()).toBe((await both.replay())!.rowsSha256);
      } finally {
        await both.close();
      }
    },
  );

  test(
    "the comparison counts decisions, flips and predictions as they lie on the topics",
    { timeout: 120_000 },
    async () => {
      const both = await Both.open(open);
      try {
        const sent = history(random(3), 30);
        await both.loop.publisher.publish(sent);
        await both.tick(END);
        await both.shadow.idle();
        expect(await both.compare()).toMatchObject({
          decisions: 30,
          liveOnly: 0,
          shadowOnly: 0,
          flipped: 0,
          flips: [],
        });
        await unshadowBlueprint(both.loop, of);
        await expect(unshadowBlueprint(both.loop, of)).rejects.toMatchObject({ code: "ILLEGAL_MOVE" });
      } finally {
        await both.close();
      }
    },
  );
}
