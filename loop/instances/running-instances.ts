import { instances, recordLimits, type InstanceReported } from "../../schemas/index.ts";
import { readTopic } from "../../streams/index.ts";
import type { Tools } from "../loop.ts";

/** Instances that say they run, and what time it is on the log, ms. */
export interface RunningInstances {
  readonly now: number;
  readonly running: readonly InstanceReported[];
}

/** Enough for what a thousand instances say while one may be silent. */
const TAIL = 10_000;

/**
 * Who was heard of lately. A record of our own tells what time it is on the log, which no clock of this machine has to.
 * @param ask false: nothing is written; what was heard of lately is measured against this machine's clock
 */
export async function runningInstances(
  { backbone, serdes, publisher }: Pick<Tools, "backbone" | "serdes" | "publisher">,
  ask = true,
): Promise<RunningInstances> {
  const { name } = instances;
  if (ask) {
    const value = { instance: "", running: false, blueprintsRead: 0, warming: [], eventsLeft: 0 };
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

/** Whether an instance knows what lies on the topic of blueprints before an offset, and has filled these window groups. */
export function isReady(instance: InstanceReported, blueprintsEnd: number, stateIds: ReadonlySet<string>): boolean {
  return instance.blueprintsRead >= blueprintsEnd && !instance.warming.some((id) => stateIds.has(id));
}
