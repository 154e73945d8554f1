import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseBlueprint } from "../../../blueprints/index.ts";
import { publishTrained, readModels, stateText } from "../../../catalogue/index.ts";
import { LadderWatch, listLadder, replay, startLoop, type ListedOnLadder, type Loop } from "../../../loop/index.ts";
import {
  blueprints,
  clock,
  decisionRequests,
  decisions,
  models,
  observations,
  type DecisionRecorded,
  type ModelRecorded,
} from "../../../schemas/index.ts";
import { writeArtifact } from "../../../serving/index.ts";
import { createMemoryEngine, readTopic, type Backbone, type SchemaRegistry } from "../../../streams/index.ts";
import { random } from "../../blueprints/random.ts";
import { HOUR, inProduction, published, request, START } from "../../operators/parcels.ts";
import { byMargins } from "./candidates.ts";

export interface Log {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly prefix: string;
}

/** Whoever is warned costs more, whatever comes. */
export const TEXT = `
useCase: parcels
decisionSpace: boolean
context: { weight: number }
features: [weight]
observations: { minutes: number, paid: number }
labels:
  late: { value: minutes > 10, wait: 30m }
  cost: { value: paid, wait: 30m, objective: regression }
policy: { decide: late > 0.3 }
training: { schedule: none, freshRows: none }
ladder:
  shadow: 150
  canary: [20%, 50%]
  decisions: 40
  giveUpAfter: 2d
  latency: 4ms
  guardrails: { cost: { rise: 5% } }
`;
const blueprint = parseBlueprint(TEXT);
const UNITS = 300;

/** A loop with a model in production, a world that answers, and the ladder beside it. */
export class Climb {
  readonly #log: Log;
  readonly #dir: string;
  readonly #random = random(17);
  #hour = 0;
  #watch!: LadderWatch;
  loop!: Loop;

  private constructor(log: Log, dir: string) {
    this.#log = log;
    this.#dir = dir;
  }

  static async open(log: Log): Promise<Climb> {
    const climb = new Climb(log, await mkdtemp(join(tmpdir(), "loopstream-ladder-")));
    await climb.#start();
    const { loop } = climb;
    await loop.publisher.publish([{ topic: blueprints, ...published(TEXT, 0) }]);
    // It warns of heavy parcels alone.
    const { value, ...record } = inProduction("m1", 1);
    const artifact = await writeArtifact(log.backbone, loop.publisher, byMargins("m1", -1.1, 1.1), 1, {});
    await loop.publisher.publish([
      { topic: models, ...record, value: { ...value, artifact, blueprintVersion: blueprint.version } },
    ]);
    await loop.idle();
    return climb;
  }

  get #common() {
    const { backbone, registry, prefix } = this.#log;
    return { backbone, registry, subjectPrefix: prefix, partitions: 2, salt: "s" } as const;
  }

  async #start(): Promise<void> {
    this.loop = await startLoop({
      ...this.#common,
      ...{ id: "live", stateDir: join(this.#dir, "live"), delivery: "exactlyOnce", codeVersion: "test" },
      ...{ commitIntervalMs: 0, maxTaskIdleMs: 0 },
    });
    this.#watch = new LadderWatch(this.loop);
  }

  /** The process ends and another one starts. */
  async restart(): Promise<void> {
    await this.loop.close();
    await this.#start();
    await this.loop.idle();
  }

  get now(): number {
    return START + this.#hour * HOUR;
  }

  /** A candidate that has passed the gate, or that was refused. */
  async publish(modelId: string, onnx: Uint8Array, promote = true): Promise<ModelRecorded> {
    const { loop, now } = this;
    const { value } = inProduction(modelId, now);
    const artifact = await writeArtifact(this.#log.backbone, loop.publisher, onnx, now, {});
    const model = { ...value, artifact, blueprintVersion: blueprint.version };
    const judge = () => ({ promote, reason: promote ? "better on the rows held out" : "refused: not better" });
    const made = await publishTrained(loop, model, { judge, ladder: blueprint.ladder, time: now });
    await loop.idle();
    return made;
  }

  /** So many decisions in an hour, and what comes of them. @returns the beginning of their ids */
  async hour(count: number, heaviest = 30): Promise<string> {
    const { loop, now } = this;
    const requests = Array.from({ length: count }, (_, at) => {
      const weight = this.#random() * heaviest;
      const [key, unit] = [`h${this.#hour}-${at}`, `u${Math.floor(this.#random() * UNITS)}`];
      const time = now + 1 + Math.floor((at / count) * (HOUR / 2));
      return { topic: decisionRequests, key, value: request(key, { weight }, { unit }), time };
    });
    await loop.publisher.publish(requests);
    await loop.idle();
    const made = new Map((await this.decisions()).map((decision) => [decision.decisionId, decision]));
    await loop.publisher.publish(
      requests.map(({ key, value, time }) => {
        const isLate = this.#random() < ((value.context["weight"] as number) > 10 ? 0.88 : 0.12);
        const paid = (made.get(key)!.value === true ? 2 : 1) + this.#random() / 2;
        const values = { minutes: isLate ? 20 : 1, paid };
        const observed = { decisionId: key, useCase: "parcels", values, optionId: "" };
        return { topic: observations, key, value: observed, time: time + 1_000 };
      }),
    );
    const name = `h${this.#hour}-`;
    this.#hour += 2;
    await this.tick();
    return name;
  }

  /** The models that made the decisions of an hour. */
  async servedBy(hour: string): Promise<readonly (string | null)[]> {
    const made = (await this.decisions()).filter(({ decisionId }) => decisionId.startsWith(hour));
    return [...new Set(made.map(({ modelId }) => modelId))];
  }

  /** @param hours that pass first */
  async tick(hours = 0): Promise<void> {
    this.#hour += hours;
    const time = this.now;
    await this.loop.publisher.publish([{ topic: clock, key: "clock", value: { time }, time, partition: 0 }]);
    await this.loop.idle();
  }

  /** The ladder looks: the states that it brought about, in words. */
  async look(watch = this.#watch): Promise<readonly string[]> {
    const stepped = await watch.look(this.now);
    await this.loop.idle();
    return stepped.map(({ model }) => `${model.modelId} ${stateText(model.states.at(-1)!)}`);
  }

  otherWatch(): LadderWatch {
    return new LadderWatch(this.loop);
  }

  async states(modelId: string): Promise<ModelRecorded["states"]> {
    return (await readModels(this.loop)).find((model) => model.modelId === modelId)!.states;
  }

  listed(): Promise<readonly ListedOnLadder[]> {
    return listLadder(this.loop, undefined, this.now);
  }

  async decisions(topic = decisions.name): Promise<readonly DecisionRecorded[]> {
    const found: DecisionRecorded[] = [];
    for await (const { value } of readTopic(this.loop.backbone, this.loop.serdes, { ...decisions, name: topic }))
      found.push(value);
    return found;
  }

  /** All decisions made again. */
  async replayed(): Promise<readonly DecisionRecorded[]> {
    const result = await replay({
      ...this.#common,
      ...{ commitIntervalMs: 0, engine: createMemoryEngine(), dir: join(this.#dir, "replays") },
      ...{ stepMs: 8 * HOUR, latenessMs: HOUR, request: { useCase: "parcels", from: START } },
    });
    return this.decisions(`${result!.replay}-${decisions.name}`);
  }

  async close(): Promise<void> {
    await this.loop.close();
    await rm(this.#dir, { recursive: true });
  }
}
