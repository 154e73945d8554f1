import type { BlueprintPublished } from "../../schemas/index.ts";
import { lastOfEachTime, timeline, type Span } from "../timeline.ts";

/**
 * The spans in which a use case's versions are live, by their activations. A version that goes live replaces the one
 * before. A withdrawal of the live version leaves none. If two go live at the same moment, the greater hash counts, in
 * every process.
 */
export function liveVersions(records: readonly BlueprintPublished[]): readonly Span<BlueprintPublished>[] {
  const changes = records.flatMap((record) =>
    lastOfEachTime(record.activations).map(({ time, live }) => ({ time, live, record })),
  );
  return timeline(
    changes,
    (a, b) => (a.record.version < b.record.version ? -1 : 1),
    (held: BlueprintPublished | undefined, { live, record }) => {
      if (live) return record;
      return held?.version === record.version ? undefined : held;
    },
  );
}
