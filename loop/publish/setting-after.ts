import { setTimeout as delay } from "node:timers/promises";
import { checkTime, type TopicTools } from "../../streams/index.ts";
import { runningInstances } from "../instances/running-instances.ts";

/** Running instances then know the values before their first decision by them, as with a new version. */
const LEAD_MS = 1_000;

/**
 * Sets something for a published version.
 *
 * @param from valid after this event time, ms; absent: after now, and if instances run as soon as all of them know. With a time
 * in the past a replay decides otherwise than was decided.
 * @param set writes it, valid after an event time
 */
export async function settingAfter<T>(
  tools: TopicTools,
  what: string,
  from: number | undefined,
  set: (after: number) => Promise<T>,
): Promise<T> {
  if (from !== undefined) checkTime(from, `the time from which ${what}`);
  const { running, now } = await runningInstances(tools);
  const leadMs = running.length > 0 ? LEAD_MS : 0;
  const after = from ?? (running.length > 0 ? now + leadMs : Date.now());
  const result = await set(after);
  if (from === undefined) await delay(leadMs);
  return result;
}
