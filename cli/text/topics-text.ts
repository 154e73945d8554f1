import { formatDuration } from "../../blueprints/index.ts";
import type { ListedTopic } from "../../loop/index.ts";
import type { Repartitioned } from "../../streams/index.ts";
import { table } from "./output.ts";

export const topicsTable = (topics: readonly ListedTopic[]): string =>
  table(
    ["topic", "partitions", "written", "kept"],
    topics.map(({ topic, partitions, end, retentionMs, askedMs }) => [
      ...[topic, partitions, end],
      askedMs === retentionMs ? span(retentionMs) : `${span(retentionMs)} (${span(askedMs)} asked)`,
    ]),
  );

const span = (ms: number | null): string => (ms === null ? "for ever" : formatDuration(ms));

export const repartitionedText = ({ topics, movedKeys }: Repartitioned): string =>
  table(
    ["topic", "had", "has"],
    topics.map(({ topic, from, to }) => [topic, from, to]),
  ) + `\n${movedKeys} entries of state and timers moved`;
