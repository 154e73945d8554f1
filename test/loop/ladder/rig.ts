import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseBlueprint, type Blueprint } from "../../../blueprints/index.ts";
import { publishTrained, readModels, stateText } from "../../../catalogue/index.ts";
import { LadderWatch, listLadder, replay, startLoop, type ListedOnLadder, type Loop } from "../../../loop/index.ts";
import { audit, type AuditReport } from "../../../recompute/index.ts";
import {
  blueprints,
  clock,
  decisions,
  models,
  type DecisionRecorded,
  type ModelRecorded,
} from "../../../schemas/index.ts";
import { writeArtifact } from "../../../serving/index.ts";
import { createMemoryEngine, readTopic, type Backbone, type SchemaRegistry } from "../../../streams/index.ts";
import { HOUR, inProduction, published, START } from "../../operators/parcels.ts";

export interface Log {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly prefix: string;
}

/** What climbs: a blueprint, and the file that is in production at its start. */
export interface Climbed {
  readonly text: string;
  readonly production: Uint8Array;
}

/** A loop with a model in production, and the ladder beside it. */
export class Rig {
  readonly #log: Log;
  readonly #climbed: Climbed;
  readonly #blueprint: Blueprint;
  #dir!: string;
  #watch!: LadderWatch;
  loop!: Loop;
  /** Hours since the start. */
  hours = 0;

  constructor(log: Log, climbed: Climbed) {
    this.#log = log;
    this.#climbed = climbed;
    this.#blueprint = parseBlueprint(climbed.text);
  }

  async open(): Promise<this> {
    this.#dir = await mkdtemp(join(tmpdir(), "loopstream-ladder-"));
    await this.#start();
    const { loop } = this;
    const { text, production } = this.#climbed;
    await loop.publisher.publish([{ topic: blueprints, ...published(text, 0) }]);
    const artifact = await writeArtifact(this.#log.backbone, loop.publisher, production, 1, {});
    const value = { ...this.#model("m1", 1), artifact };
    await loop.publisher.publish([{ topic: models, key: `${value.useCase}/m1`, value, time: 1 }]);
    await loop.idle();
    return this;
  }

  #model(modelId: string, since: number): ModelRecorded {
    const { useCase, version } = this.#blueprint;
    const { value } = inProduction(modelId, since);
    return { ...value, useCase, blueprintVersion: version };
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
    return START + this.hours * HOUR;
  }

  /** A candidate that has passed the gate, or that was refused. */
  async publish(modelId: string, onnx: Uint8Array, promote = true): Promise<ModelRecorded> {
    const { loop, now } = this;
    const artifact = await writeArtifact(this.#log.backbone, loop.publisher, onnx, now, {});
    const model = { ...this.#model(modelId, now), artifact };
    const judge = () => ({ promote, reason: promote ? "better on the rows held out" : "refused: not better" });
    const made = await publishTrained(loop, model, { judge, ladder: this.#blueprint.ladder, time: now });
    await loop.idle();
    return made;
  }

  /** The models that made the decisions whose ids begin so. */
  async servedBy(name: string): Promise<readonly (string | null)[]> {
    const made = (await this.decisions()).filter(({ decisionId }) => decisionId.startsWith(name));
    return [...new Set(made.map(({ modelId }) => modelId))];
  }

  /** @param hours that pass first */
  async tick(hours = 0): Promise<void> {
    this.hours += hours;
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
      ...{ stepMs: 8 * HOUR, latenessMs: HOUR, request: { useCase: this.#blueprint.useCase, from: START } },
    });
    return this.decisions(`${result!.replay}-${decisions.name}`);
  }

  /** Every decision made again, and compared. */
  audit(): Promise<AuditReport> {
    const { backbone, serdes, scorers } = this.loop;
    const source = { backbone, serdes, scorers: scorers.get.bind(scorers), salt: this.#common.salt };
    return audit(source, { share: 1, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY });
  }

  async close(): Promise<void> {
    await this.loop.close();
    await rm(this.#dir, { recursive: true });
  }
}
