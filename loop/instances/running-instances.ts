import { instances, recordLimits, type InstanceReported } from "../../schemas/index.ts";
import { readTopic } from "../../streams/index.ts";
import type { Tools } from "../loop.ts";

/** Instances that report themselves as running, and the log's time, ms. */
export interface RunningInstances {
  readonly now: number;
  readonly running: readonly InstanceReported[];
}

/** Enough for the reports of a thousand instances during the longest silence of one. */
const TAIL = 10_000;

/**
 * The instances that reported lately. A record written by this call tells the log's time, so no clock of this machine
 * has to be right.
 * @param ask false: nothing is written, and this machine's clock is used
 */
export async function runningInstances(
  { backbone, serdes, publisher }: Pick<Tools, "backbone" | "serdes" | "publisher">,
  ask = true,
): Promise<RunningInstances> {
  const { name } = instances;
  if (ask) {
    const value = { instance: "", running: false, blueprintsRead: 0, warming: [], eventsLeft: 0, modelsRead: 0 };
    await publisher.publish([{ topic: instances, key: "", value, time: Date.now() }]);
  } else if ((await backbone.partitions(name)) === undefined) return { now: Date.now(), running: [] };
  const ends = await backbone.offsets([name]);
  const ranges = ends.map(({ partition, end }) => ({ partition, from: Math.max(0, end - TAIL), to: end }));
  const newest = new Map<string, { readonly time: number; readonly value: InstanceReported }>();
  for await (const { value, time } of readTopic(backbone, serdes, instances, { ranges, onBad: () => undefined })) {
    newest.set(value.instance, { time, value });
  }
  const now = newest.get("")?.time ?? 0;
  const asked = ask ? now : Date.now();
  const running = [...newest.values()]
    .filter(({ time, value }) => value.running && time > asked - recordLimits.instanceSilenceMs)
    .map(({ value }) => value)
    .sort((a, b) => (a.instance < b.instance ? -1 : 1));
  return { now: ask ? now : Date.now(), running };
}

/** Whether an instance has read the topic of blueprints up to an offset and has filled these window groups. */
export function isReady(instance: InstanceReported, blueprintsEnd: number, stateIds: ReadonlySet<string>): boolean {
  return instance.blueprintsRead >= blueprintsEnd && !instance.warming.some((id) => stateIds.has(id));
}
