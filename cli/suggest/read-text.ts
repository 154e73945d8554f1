import type { ReadOfTopic } from "../../loop/index.ts";
import { shownTime } from "../text/output.ts";

/** What was read of topics, for people: a line a topic, and one for records that are left out. */
export function readOfTopicText(found: {
  readonly read: readonly ReadOfTopic[];
  readonly repeated: number;
}): readonly string[] {
  const lines = found.read.flatMap(linesOf);
  if (found.repeated === 0) return lines;
  return [...lines, `${n(found.repeated)} requests of the sample were sent again and count once`];
}

function linesOf(read: ReadOfTopic): readonly string[] {
  const { topic, records, used, sampled, from, to, tombstones, unreadable, firstUnreadable, ahead } = read;
  const span = from === null || to === null ? "" : `, ${shownTime(from)} to ${shownTime(to)}`;
  const lines = [`${topic}: ${n(used)} of ${n(records)} records are used${span}; the sample has ${n(sampled)}`];
  const left = [
    ...(tombstones === 0 ? [] : [`${n(tombstones)} tombstones`]),
    ...(unreadable === 0 ? [] : [`${n(unreadable)} that can't be read (first: ${firstUnreadable})`]),
    ...(ahead === 0 ? [] : [`${n(ahead)} dated more than an hour ahead`]),
  ];
  return left.length === 0 ? lines : [...lines, `${topic}: left out ${left.join(", ")}`];
}

const n = (count: number): string => count.toLocaleString("en");
