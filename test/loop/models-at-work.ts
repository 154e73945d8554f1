import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { canarySalt, unitPlace } from "../../blueprints/index.ts";
import type { ModelMove } from "../../catalogue/index.ts";
import { moveByHand, startLoop, startReports, type Loop, type MovedByHand } from "../../loop/index.ts";
import { audit } from "../../recompute/index.ts";
import { blueprints, decisionRequests, decisions, models, type DecisionRecorded } from "../../schemas/index.ts";
import { writeArtifact } from "../../serving/index.ts";
import { readTopic, type Backbone, type SchemaRegistry } from "../../streams/index.ts";
import { inProduction, onnx, published, request } from "../operators/parcels.ts";

interface Log {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly prefix: string;
}

/** A live loop with the model m1 in production and m2 that was trained. */
class AtWork {
  readonly loop: Loop;
  readonly #close: () => Promise<void>;

  private constructor(loop: Loop, close: () => Promise<void>) {
    this.loop = loop;
    this.#close = close;
  }

  static async open({ backbone, registry, prefix }: Log): Promise<AtWork> {
    const dir = await mkdtemp(join(tmpdir(), "loopstream-at-work-"));
    const loop = await startLoop({
      ...{ id: "live", backbone, registry, subjectPrefix: prefix, stateDir: join(dir, "state"), partitions: 2 },
      ...{ delivery: "exactlyOnce", commitIntervalMs: 0, maxTaskIdleMs: 0, salt: "salt", codeVersion: "test" },
    });
    const reports = startReports(loop);
    const artifact = await writeArtifact(backbone, loop.publisher, onnx, 1, {});
    const trained = [{ state: "trained", time: 1, reason: "test", share: null, by: "unit", ladder: false }] as const;
    const records = [inProduction("m1", 1), inProduction("m2", 1, trained)];
    await loop.publisher.publish([{ topic: blueprints, ...published(undefined, 0) }]);
    await loop.publisher.publish(
      records.map(({ value, ...record }) => ({ topic: models, ...record, value: { ...value, artifact } })),
    );
    await loop.idle();
    return new AtWork(loop, async () => {
      await reports.close();
      await loop.close();
      await rm(dir, { recursive: true });
    });
  }

  async move(modelId: string, to: ModelMove, reason?: string): Promise<MovedByHand> {
    const moved = await moveByHand(this.loop, modelId, to, reason);
    expect(moved.behind).toEqual([]);
    return moved;
  }

  ask(requests: readonly (readonly [decisionId: string, unit: string])[]): Promise<void> {
    const time = this.loop.application.now();
    const records = requests.map(([key, unit]) => ({
      ...{ topic: decisionRequests, key, value: request(key, { weight: 20 }, { unit }), time },
    }));
    return this.loop.publisher.publish(records);
  }

  async decisions(): Promise<readonly DecisionRecorded[]> {
    const found: DecisionRecorded[] = [];
    for await (const { value } of readTopic(this.loop.backbone, this.loop.serdes, decisions)) found.push(value);
    return found;
  }

  /** Every decision made again. */
  audit() {
    const { backbone, serdes, scorers } = this.loop;
    const source = { backbone, serdes, scorers: scorers.get.bind(scorers), salt: "salt" };
    return audit(source, { share: 1, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY });
  }

  close(): Promise<void> {
    return this.#close();
  }
}

const UNITS = Array.from({ length: 300 }, (_, at) => `unit-${at}`);
const below = (share: number): readonly string[] =>
  UNITS.filter((unit) => unitPlace(canarySalt("m2"), unit) < share).sort();

/** What is promised of models that are moved by hand while a loop decides, on any backbone. */
export function modelsAtWorkSuite(open: () => Promise<Log>): void {
  test("a canary decides for its units and for no others, in all of their decisions, and keeps them when its share grows", async () => {
    const at = await AtWork.open(await open());
    try {
      let round = 0;
      const served = async (): Promise<ReadonlyMap<string | null, readonly string[]>> => {
        const name = `r${++round}`;
        const asked = [1, 2, 3].flatMap((n) => UNITS.map((unit) => [`${name}-${n}-${unit}`, unit] as const));
        await at.ask(asked);
        await at.loop.idle();
        const made = (await at.decisions()).filter(({ decisionId }) => decisionId.startsWith(`${name}-`));
        expect(made.length).toBe(asked.length);
        const unitsOf = Map.groupBy(made, ({ modelId }) => modelId);
        return new Map(
          [...unitsOf].map(([modelId, all]) => [modelId, [...new Set(all.map(({ unit }) => unit))].sort()] as const),
        );
      };
      expect(await served()).toEqual(new Map([["m1", [...UNITS].sort()]]));
      for (const share of [0.05, 0.3]) {
        await at.move("m2", { canary: share });
        const own = below(share);
        expect(own.length).toBeGreaterThan(5);
        const others = UNITS.filter((unit) => !own.includes(unit)).sort();
        expect(Object.fromEntries(await served())).toEqual({ m1: others, m2: own });
      }
      await at.move("m2", "withdrawn", "a trial is over");
      expect(await served()).toEqual(new Map([["m1", [...UNITS].sort()]]));
      expect(await at.audit()).toMatchObject({ sampled: 3_600, differing: 0 });
    } finally {
      await at.close();
    }
  });

  test("at 2,000 requests a second a model that is withdrawn makes no decision that is asked after the command, and all up to its time", async () => {
    const at = await AtWork.open(await open());
    try {
      const askedLater = new Set<string>();
      let moved: MovedByHand | undefined;
      let asked = 0;
      const began = performance.now();
      const withdrawing = delay(1_000).then(async () => (moved = await at.move("m1", "withdrawn", "too many")));
      // Until a second has been asked after the command, however long that takes.
      for (; askedLater.size < 2_000; await delay(1)) {
        const due: string[] = [];
        // A machine that can't keep up asks a little less often.
        const most = Math.min(((performance.now() - began) / 1_000) * 2_000, asked + 100);
        while (asked < most) due.push(`d${asked++}`);
        if (moved !== undefined) for (const id of due) askedLater.add(id);
        await at.ask(due.map((id) => [id, id]));
      }
      await withdrawing;
      await at.loop.idle();
      const { after } = moved!;
      const made = await at.decisions();
      expect(made.length).toBe(asked);
      const [early, late] = [true, false].map((is) => made.filter((each) => each.decisionTime <= after === is));
      expect(new Set(early!.map(({ modelId }) => modelId))).toEqual(new Set(["m1"]));
      const later = made.filter(({ decisionId }) => askedLater.has(decisionId));
      expect(new Set(later.map(({ modelId, reason, value }) => `${modelId} ${reason} ${value}`))).toEqual(
        new Set(["null noModel null"]),
      );
      // A machine that stands still for longer than the lead may decide between by what it has read, and an audit says so.
      const behind = late!.filter(({ modelId }) => modelId !== null);
      const { differing, explained, differences } = await at.audit();
      expect([differing, explained]).toEqual([behind.length, differences.length]);
      for (const { cause } of differences) expect(cause).toContain("and had not been read");
    } finally {
      await at.close();
    }
  });
}
