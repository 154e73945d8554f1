import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  estimateBlueprint,
  publishBlueprint,
  startLoop,
  type BlueprintEstimate,
  type EstimateReplays,
  type Loop,
} from "../../../loop/index.ts";
import { clock, decisionRequests, decisions, events, observations } from "../../../schemas/index.ts";
import { createEmbeddedBackbone, readTopic } from "../../../streams/index.ts";
import { fitModel } from "../../../trainer/index.ts";
import { random } from "../../blueprints/random.ts";

const HOUR = 3_600_000;
export const START = Date.UTC(2026, 0, 5);

/** What decides: each of three actions with the same probability, knowing x alone. */
export const LOGGED = `
useCase: offers
decisionSpace: { actions: { none: { level: 0 }, small: { level: 1 }, large: { level: 2 } } }
context: { x: number, user: key }
events: { visit: { fields: [spent] } }
observations: { clicked: boolean }
features: [x, level]
label: { name: click, value: clicked, aggregate: any, wait: 10m, default: 0 }
learning: { mode: loggingOnly, logging: uniform }
policy: { choose: level }
training: { schedule: none, freshRows: none }
`;

/** Another version in all its parts: a window, a model, a policy that explores a little, and a longer wait. */
export const TARGET = `
useCase: offers
decisionSpace: { actions: { none: { level: 0 }, small: { level: 1 }, large: { level: 2 } } }
context: { x: number, user: key }
events: { visit: { fields: [spent] } }
observations: { clicked: boolean }
features: [x, level, { visits: { count: true, of: visit, by: user, in: 1h } }]
label: { name: click, value: clicked, aggregate: any, wait: 20m, default: 0 }
model: { rounds: 12, depth: 3, learningRate: 0.2, minChildWeight: 10 }
policy: { choose: click }
exploration: { epsilonGreedy: 0.1 }
training: { schedule: none, freshRows: none, minRows: 200 }
join: { ttl: 1h }
`;
const LEVELS = [0, 1, 2] as const;
const EPSILON = 0.1;

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
/** The probability of a click. */
const clicks = (x: number, level: number, visits: number): number =>
  sigmoid(-0.8 + 0.9 * (level - 1) * x + (level === 2 ? 0.5 * Math.min(visits, 3) - 0.7 : 0));

interface Happened {
  readonly time: number;
  readonly user: string;
  /** Absent: a visit. */
  readonly x?: number;
  readonly visits: number;
}

/** Requests, one every 30 s, and visits between them, two an hour and user; with the visits of the hour before each. */
function history(draw: () => number, requests: number): readonly Happened[] {
  const all: Happened[] = [];
  const visits = new Map<string, number[]>();
  for (let at = 0; at < requests; at++) {
    const time = START + at * 30_000;
    for (let user = 0; user < 12; user++) {
      if (draw() >= 1 / 60) continue;
      const name = `u${user}`;
      visits.set(
        name,
        [...(visits.get(name) ?? []), time - 10_000].filter((each) => each >= time - HOUR),
      );
      all.push({ time: time - 10_000, user: name, visits: 0 });
    }
    const user = `u${Math.floor(draw() * 12)}`;
    const normal = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    const seen = (visits.get(user) ?? []).filter((each) => each >= time - HOUR).length;
    all.push({ time, user, x: normal, visits: seen });
  }
  return all;
}

type Asked = Happened & { readonly x: number };
const asked = (all: readonly Happened[]): readonly Asked[] => all.filter((each): each is Asked => each.x !== undefined);

/** A loop that has decided, with all that came of it. */
export class World {
  readonly dir: string;
  readonly #stop: () => Promise<void>;
  #stopped = false;
  readonly loop: Loop;
  readonly #replays: EstimateReplays;

  private constructor(dir: string, loop: Loop, replays: EstimateReplays, stop: () => Promise<void>) {
    this.dir = dir;
    this.loop = loop;
    this.#replays = replays;
    this.#stop = stop;
  }

  static async open(seed: number, requests: number): Promise<World> {
    const dir = await mkdtemp(join(tmpdir(), "loopstream-estimate-"));
    const backbone = await createEmbeddedBackbone({ dir });
    // Draws go by the salt: worlds have draws of their own.
    const common = { backbone, registry: backbone.registry, partitions: 1, salt: `salt-${seed}` };
    const loop = await startLoop({
      ...common,
      ...{ id: "live", stateDir: join(dir, "state"), delivery: "exactlyOnce", codeVersion: "test" },
      ...{ commitIntervalMs: 0, maxTaskIdleMs: 0 },
    });
    const replays: EstimateReplays = {
      ...common,
      ...{ stateEngine: "leveldb", commitIntervalMs: 0, dir: join(dir, "replays") },
      ...{ stepMs: 24 * HOUR, latenessMs: HOUR },
    };
    const world = new World(dir, { ...loop, fit: fitModel }, replays, async () => {
      await loop.close();
      await backbone.close();
    });
    await world.#live(random(seed), requests);
    return world;
  }

  async #live(draw: () => number, requests: number): Promise<void> {
    const { loop } = this;
    await publishBlueprint(loop, LOGGED, START - 1);
    const all = history(draw, requests);
    await loop.publisher.publish(
      all.map(({ time, user, x }, at) =>
        x === undefined
          ? {
              topic: events,
              key: user,
              time,
              value: { kind: "visit", attributes: { user, spent: 1 } },
            }
          : {
              ...{ topic: decisionRequests, key: `d${at}`, time },
              value: {
                ...{ decisionId: `d${at}`, useCase: "offers", unit: user, context: { x, user }, deferred: false },
                ...{ logged: null, answered: null, candidates: [] },
              },
            },
      ) as never,
    );
    await loop.idle();
    const made = new Map<string, string>();
    for await (const { value } of readTopic(loop.backbone, loop.serdes, decisions))
      made.set(value.decisionId, String(value.value));
    const level: Readonly<Record<string, number>> = { none: 0, small: 1, large: 2 };
    await loop.publisher.publish(
      all.flatMap(({ time, x, visits }, at) => {
        if (x === undefined) return [];
        const clicked = draw() < clicks(x, level[made.get(`d${at}`)!]!, visits);
        const value = {
          decisionId: `d${at}`,
          useCase: "offers",
          observationId: `o${at}`,
          optionId: "",
          activation: false,
        };
        return [{ topic: observations, key: `d${at}`, time: time + 60_000, value: { ...value, values: { clicked } } }];
      }),
    );
    const time = START + requests * 30_000 + 3 * HOUR;
    await loop.publisher.publish([{ topic: clock, key: "clock", value: { time }, time, partition: 0 }]);
    await loop.idle();
  }

  /** @param first the first request by which the target is judged */
  estimate(first: number, requests: number, text = TARGET): Promise<BlueprintEstimate | undefined> {
    const [from, to] = [START + first * 30_000, START + requests * 30_000];
    return estimateBlueprint(this.loop, { text, from, to, folds: 5 }, this.#replays);
  }

  /**
   * What the target really earns with that model: on other requests of the same world, by the true probabilities, from
   * its features and its policy as this file has them, not as the loop computes them.
   */
  async truth(modelId: string, seed: number, requests = 20_000): Promise<number> {
    const { models } = await this.loop.tables();
    const scorer = await this.loop.scorers.get(models.get(`offers/${modelId}`)!);
    const of = asked(history(random(seed), requests)).slice(200);
    const names = JSON.parse(scorer.metadata["features"]!) as readonly string[];
    const inputs = new Float32Array(of.length * LEVELS.length * names.length);
    for (const [row, { x, visits }] of of.entries()) {
      for (const level of LEVELS) {
        const values: Readonly<Record<string, number>> = { x, level, visits };
        for (const [column, name] of names.entries())
          inputs[(row * LEVELS.length + level) * names.length + column] = values[name]!;
      }
    }
    const [predicted] = await scorer.score(inputs, of.length * LEVELS.length);
    let sum = 0;
    for (const [row, { x, visits }] of of.entries()) {
      const own = LEVELS.map((level) => predicted![row * LEVELS.length + level]!);
      const best = own.indexOf(Math.max(...own));
      for (const level of LEVELS)
        sum += clicks(x, level, visits) * (EPSILON / LEVELS.length + (level === best ? 1 - EPSILON : 0));
    }
    return sum / of.length;
  }

  /** The loop ends, and the log stays in its folder. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#stop();
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.dir, { recursive: true });
  }
}
