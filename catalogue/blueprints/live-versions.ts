import type { BlueprintPublished } from "../../schemas/index.ts";
import { lastOfEachTime, timeline, type Span } from "../timeline.ts";

/**
 * Which of a use case's versions is live when, by their activations. A version that goes live replaces the one before; one that is withdrawn while it
 * is live leaves none. Of two that go live at the same moment the one with the greater hash counts, whoever reads them.
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
