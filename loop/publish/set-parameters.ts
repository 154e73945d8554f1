import { setTimeout as delay } from "node:timers/promises";
import { setParams } from "../../catalogue/index.ts";
import { checkTime, type TopicTools } from "../../streams/index.ts";
import { runningInstances } from "../instances/running-instances.ts";

/** Running instances then know the values before their first decision by them, as with a new version. */
const LEAD_MS = 1_000;

export interface ParametersSet {
  readonly useCase: string;
  readonly version: string;
  /** Null: the default of the text again. */
  readonly values: Readonly<Record<string, number | null>>;
  /** Valid after this event time, ms. */
  readonly after: number;
}

/**
 * Sets values of the parameters of a published version, without a new text.
 *
 * @param from valid after this event time, ms; absent: after now, and if instances run as soon as all of them know.
 * With a time in the past a replay decides by them what was decided by others.
 */
export async function setParameters(
  tools: TopicTools,
  { useCase, version, values }: Omit<ParametersSet, "after">,
  from?: number,
): Promise<ParametersSet> {
  if (from !== undefined) checkTime(from, "the time from which the parameters are valid");
  const { running, now } = await runningInstances(tools);
  const leadMs = running.length > 0 ? LEAD_MS : 0;
  const after = from ?? (running.length > 0 ? now + leadMs : Date.now());
  await setParams(tools, { useCase, version }, values, after);
  if (from === undefined) await delay(leadMs);
  return { useCase, version, values, after };
}
