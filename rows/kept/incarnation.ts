import { isStillThere, type Backbone, type LogHistory } from "../../streams/index.ts";

/** One topic, from its making to its deletion. */
export interface Incarnation {
  /** Another one for a topic that is made anew under the name. */
  readonly id: string;
  /** Of a log that may lose its end. */
  readonly history?: LogHistory | undefined;
}

/** `undefined`: the log can't tell it from another topic of the name. */
export async function incarnationOf(
  backbone: Pick<Backbone, "describe" | "history">,
  topic: string,
): Promise<Incarnation | undefined> {
  const [described] = await backbone.describe([topic]);
  if (described === undefined) return undefined;
  if (described.topicId !== undefined) return { id: described.topicId };
  const history = await backbone.history?.();
  const number = history?.topics?.[topic];
  return number === undefined ? undefined : { id: String(number), history };
}

/** Whether all that was seen of a partition in an epoch is still what it was. */
export function isUnmoved(
  { history }: Incarnation,
  topic: string,
  { partition, to, epoch }: { readonly partition: number; readonly to: number; readonly epoch?: string | undefined },
): boolean {
  return history === undefined || isStillThere(history, epoch, { [`${topic}/${partition}`]: to });
}

/** Openings of the log that a chunk is left in its own: a log remembers few. */
const EARLIER = 16;

/** Whether an epoch will be forgotten before long. */
export const isOld = ({ history }: Incarnation, epoch: string | undefined): boolean =>
  history !== undefined &&
  history.past.slice(-EARLIER).every((past) => past.epoch !== epoch) &&
  history.epoch !== epoch;
