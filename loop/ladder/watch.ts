import { learnsEpisodes, type CompiledBlueprint } from "../../blueprints/index.ts";
import { rollBack, takeStep, type ModelMove } from "../../catalogue/index.ts";
import { closedAfterMs, rowsTopic } from "../../rows/index.ts";
import type { ModelRecorded, ModelState } from "../../schemas/index.ts";
import type { Outages, TopicTools } from "../../streams/index.ts";
import { failsTrial, type TrainingTools } from "../../trainer/index.ts";
import { moveLeadMs } from "../instances/move-by-hand.ts";
import { every, type Running } from "../running.ts";
import { lookAt, modelsOnLadder, type Climbing } from "./look.ts";
import { failsAlone, lookAtWatched, watchedModels } from "./look-watched.ts";
import { tryModel } from "./try-model.ts";

/** A step that was taken, up or off the ladder, or the end of a watch in production. */
export interface Stepped {
  readonly model: ModelRecorded;
  /** Where the model stood. */
  readonly from: ModelState;
  readonly to: ModelMove;
  readonly reason: string;
}

type Tools = TopicTools & Pick<TrainingTools, "tables" | "scorers">;

/** The rows are read anew once there are so many more of them: a look a few rows later says nothing else. */
const GROWN = 1.05;

/**
 * Takes the steps of the ladder that are due. What is due follows from the topics alone, but for the time that predictions
 * take: a process that was killed between two steps goes on with the next one.
 */
export class LadderWatch {
  readonly #tools: Tools;
  /** Of each model that waits: where, beside whom, and from how many records of rows, or which event time on, it is looked at again. */
  readonly #waiting = new Map<string, { readonly place: string; readonly from: number; readonly at: number }>();

  readonly #useCase: string | undefined;

  /** @param useCase whose models are looked at; absent: all */
  constructor(tools: Tools, useCase?: string) {
    this.#tools = tools;
    this.#useCase = useCase;
  }

  /**
   * @param now event time, ms
   * @param stepTime event time of a step, ms, asked right before it is written
   */
  async look(now: number, stepTime: () => number = () => now): Promise<readonly Stepped[]> {
    // A model that is rolled back is nobody's rival any more.
    return [...(await this.#lookBehind(now, stepTime)), ...(await this.#lookUp(now, stepTime))];
  }

  /** Models in production that the one before them may replace again. */
  async #lookBehind(now: number, stepTime: () => number): Promise<readonly Stepped[]> {
    const stepped: Stepped[] = [];
    for (const watched of await watchedModels(this.#tools, now)) {
      const { compiled, model, state, former } = watched;
      if (this.#useCase !== undefined && model.useCase !== this.#useCase) continue;
      const failure = await failsAlone(this.#tools, watched);
      const isOver = now - state.time > compiled.blueprint.ladder!.giveUpAfterMs;
      const place = `${state.time} ${former.modelId}`;
      if (!(await this.#isNew(watched, place, now)) && !isOver && failure === null) continue;
      const { to, reason } = await lookAtWatched(this.#tools, watched, now, failure);
      if (to === undefined) continue;
      const moved =
        to === "withdrawn"
          ? await rollBack(this.#tools, watched, reason, stepTime)
          : (await takeStep(this.#tools, { model, from: state, rival: model.modelId, to, reason }, stepTime))?.[0];
      if (moved !== undefined) stepped.push({ model: moved, from: state, to, reason });
    }
    return stepped;
  }

  async #lookUp(now: number, stepTime: () => number): Promise<readonly Stepped[]> {
    const { known, found } = await modelsOnLadder(this.#tools, now);
    const stepped: Stepped[] = [];
    for (const climbing of found) {
      const { compiled, model, production } = climbing;
      const { ladder } = compiled.blueprint;
      if (ladder === null || production === undefined) continue;
      if (this.#useCase !== undefined && model.useCase !== this.#useCase) continue;
      const trial = await tryModel(this.#tools, compiled, model);
      const newest = model.states.at(-1)!;
      const isOver = now - newest.time > ladder.giveUpAfterMs;
      const place = `${newest.time} ${production.modelId}`;
      if (!(await this.#isNew(climbing, place, now)) && !isOver && !failsTrial(ladder, trial)) continue;
      const { state, rival, verdict } = await lookAt(this.#tools, known, climbing, now, trial);
      const { to, reason } = verdict;
      if (to === undefined) continue;
      const moved = await takeStep(this.#tools, { model, from: state, rival, to, reason }, stepTime);
      if (moved !== undefined) stepped.push({ model: moved[0]!, from: state, to, reason });
    }
    return stepped;
  }

  /** Whether the model stands where it was not looked at yet, there are more rows than then, or episodes may have ended since. */
  async #isNew(
    { model, compiled }: Pick<Climbing, "model" | "compiled">,
    place: string,
    now: number,
  ): Promise<boolean> {
    const records = await this.#records(compiled);
    const waiting = this.#waiting.get(model.modelId);
    if (waiting?.place === place && records < waiting.from && now < waiting.at) return false;
    const at = now + quietMs(compiled, now - model.states.at(-1)!.time);
    this.#waiting.set(model.modelId, { place, from: Math.max(records + 1, records * GROWN), at });
    return true;
  }

  async #records(compiled: Climbing["compiled"]): Promise<number> {
    const { name } = rowsTopic(compiled);
    if ((await this.#tools.backbone.partitions(name)) === undefined) return 0;
    return (await this.#tools.backbone.offsets([name])).reduce((sum, { end }) => sum + end, 0);
  }
}

/** Episodes end by time, too: without a further row they are looked at again after this, ms. @param stood so long on the step, ms */
const quietMs = (compiled: CompiledBlueprint, stood: number): number =>
  learnsEpisodes(compiled.blueprint)
    ? Math.max(closedAfterMs(compiled), stood * (GROWN - 1))
    : Number.POSITIVE_INFINITY;

/** The part of a loop that the ladder needs. */
export interface Laddered extends Tools {
  readonly outages: Outages;
  readonly application: { now(): number };
}

/** Looks every few seconds whether a step of the ladder is due. A step counts a moment later, so that all instances have read it. */
export function startLadder(loop: Laddered, onStepped: (stepped: Stepped) => void, everyMs = 15_000): Running {
  const watch = new LadderWatch(loop);
  const lead = moveLeadMs(loop.backbone);
  return every(everyMs, loop.outages.of("ladder"), async () => {
    const now = loop.application.now();
    for (const stepped of await watch.look(now, () => loop.application.now() + lead)) onStepped(stepped);
  });
}
