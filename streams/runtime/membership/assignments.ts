import type { GroupListener, TopicPartition } from "../../backbone/backbone.ts";
import type { Log } from "../../log.ts";
import type { Metrics } from "../../metrics/metrics.ts";
import type { OpenParts } from "../open-parts.ts";
import type { StandbySet } from "../standby-set.ts";
import type { TaskSet } from "../task-set.ts";
import type { Upstream } from "../upstream.ts";

export interface AssignmentOptions {
  readonly tasks: TaskSet;
  readonly standbys: StandbySet;
  readonly upstream: Upstream;
  readonly metrics: Pick<Metrics, "rebalances">;
  readonly log: Log;
  /** The parts of the present membership. */
  readonly open: () => OpenParts;
}

/** Opens the tasks of partitions that the group gives, closes those of partitions that it takes away, and says so. */
export function assignments(options: AssignmentOptions): Omit<GroupListener, "onTrimmed"> {
  const { tasks, standbys, upstream, open, metrics, log } = options;
  const say = (partitions: readonly TopicPartition[], change: "assigned" | "revoked", text: string): void => {
    if (partitions.length === 0) return;
    metrics.rebalances.inc({ change });
    log.info({ tasks: tasks.size }, `${partitionsText(partitions)} ${text}`);
  };
  return {
    async assigned(partitions, committed) {
      await standbys.release(partitions);
      upstream.reset();
      const positions = await tasks.open(partitions, open().globals.views(), committed);
      for (const task of tasks.takeMoved()) open().committer.touched(task);
      say(partitions, "assigned", "are handled by this process from now on");
      return positions;
    },
    async revoked(partitions) {
      const { committer, group } = open();
      if (!committer.clean) await committer.commit(group);
      const leaving = tasks.of(partitions);
      committer.forget(leaving);
      await tasks.close(leaving);
      say(partitions, "revoked", "are handled by another process of the group from now on");
    },
    standby: (partitions) => standbys.keep(partitions),
  };
}

/** Topics with the same partitions together: `partitions 0-3 of decisions, observations`. */
export function partitionsText(partitions: readonly TopicPartition[]): string {
  const topics = new Map<string, string[]>();
  for (const [topic, own] of Map.groupBy(partitions, ({ topic }) => topic)) {
    const numbers = rangesText(own.map(({ partition }) => partition));
    topics.set(numbers, [...(topics.get(numbers) ?? []), topic].sort());
  }
  return [...topics].map(([numbers, names]) => `partitions ${numbers} of ${names.join(", ")}`).join("; ");
}

/** Whole numbers as text: `0-3, 5`. */
function rangesText(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
}
