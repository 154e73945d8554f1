import { setTimeout as delay } from "node:timers/promises";
import { modelStateAt, moveModel, type ModelMove } from "../../catalogue/index.ts";
import { models, type ModelRecorded } from "../../schemas/index.ts";
import type { Tools } from "../loop.ts";
import { runningInstances } from "./running-instances.ts";

export interface MovedByHand {
  readonly model: ModelRecorded;
  /** It counts for decisions after this event time, ms. */
  readonly after: number;
  /**
   * So long after that time the move was written, ms; 0: before, as it should be. Decisions in between may still be as the
   * models were.
   */
  readonly lateMs: number;
  /** Running instances that did not say within five seconds that they have read the move: they may not go by it yet. */
  readonly behind: readonly string[];
}

/** From right before the write of a move to the time after which it counts, ms, if instances run: all read it meanwhile. */
const LEAD_MS = { kafka: 1_000, embedded: 100 } as const;
export const moveLeadMs = ({ kind }: Pick<Tools["backbone"], "kind">): number => LEAD_MS[kind];
const LOOK_EVERY_MS = 250;
const READ_WITHIN_MS = 5_000;

/**
 * Moves a model by hand, whatever the gate's verdict. The move counts for decisions after the log's time of its write and, if
 * instances run, of a moment more, so that each of them has read it before it counts: no decision is by other models than a
 * replay finds. The time is the log's; the clock of this machine need not be right.
 *
 * @returns once the move counts and the running instances have read it: requests that are asked later are answered by it
 * @throws DomainError as `moveModel`
 */
export async function moveByHand(
  tools: Pick<Tools, "backbone" | "serdes" | "publisher">,
  modelId: string,
  to: ModelMove,
  reason?: string,
): Promise<MovedByHand> {
  const { now, running } = await runningInstances(tools);
  const began = performance.now();
  const logTime = (): number => Math.ceil(now + performance.now() - began);
  const leadMs = running.length === 0 ? 0 : moveLeadMs(tools.backbone);
  let asked = now;
  const moveAt = (): number => (asked = logTime() + leadMs);
  const [model] = (await moveModel(tools, modelId, to, moveAt, reason)) as [ModelRecorded];
  const wait = asked - logTime();
  const after = modelStateAt(model, asked)!.time;
  // Nothing was written if the model was in this state already.
  if (after !== asked) return { model, after, lateMs: 0, behind: [] };
  // It counts strictly after its time: a request of the same millisecond would not go by it.
  if (wait >= 0) await delay(wait + 1);
  if (running.length === 0) return { model, after, lateMs: 0, behind: [] };
  return { model, after, lateMs: Math.max(0, -wait), behind: await whoIsBehind(tools) };
}

/** The running instances that have not read all of the topic of models, once there are none or a while is over. */
async function whoIsBehind(tools: Pick<Tools, "backbone" | "serdes" | "publisher">): Promise<readonly string[]> {
  const until = performance.now() + READ_WITHIN_MS;
  const end = Math.max(0, ...(await tools.backbone.offsets([models.name])).map((at) => at.end));
  for (;;) {
    const { running } = await runningInstances(tools);
    // A release before does not say what it has read.
    const behind = running.filter(({ modelsRead }) => modelsRead !== -1 && modelsRead < end);
    if (behind.length === 0 || performance.now() > until) return behind.map(({ instance }) => instance);
    await delay(LOOK_EVERY_MS);
  }
}
