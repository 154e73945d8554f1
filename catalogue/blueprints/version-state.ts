import type { BlueprintPublished } from "../../schemas/index.ts";
import { liveVersions } from "./live-versions.ts";
import { shadowSince } from "./shadow-spans.ts";

/**
 * `later`: it goes live after `since`. `shadow`: it decides beside the live version. `notLive`: it was never made live.
 */
export type VersionStateName = "live" | "later" | "shadow" | "replaced" | "withdrawn" | "notLive";

export interface VersionState {
  readonly state: VersionStateName;
  /** Event time at which it went live, went into shadow or will go live, ms; null: never. */
  readonly since: number | null;
  /** Event time until which it is live, ms; null: there is no end yet. */
  readonly until: number | null;
}

interface Span {
  readonly since: number;
  readonly until: number | null;
  readonly by: "replaced" | "withdrawn" | null;
}

/** The state of each of a use case's versions at a time, ms, in the order of the records. */
export function versionStates(records: readonly BlueprintPublished[], now: number): readonly VersionState[] {
  const turns = liveVersions(records);
  return records.map((record) => stateOf(record, spansOf(turns, record.version), now));
}

function stateOf(record: BlueprintPublished, spans: readonly Span[], now: number): VersionState {
  const present = spans.find(({ since, until }) => since < now && (until === null || until >= now));
  if (present !== undefined) return { state: "live", since: present.since, until: present.until };
  const shadowed = shadowSince(record, now);
  if (shadowed !== undefined) return { state: "shadow", since: shadowed, until: null };
  const next = spans.find(({ since }) => since >= now);
  if (next !== undefined) return { state: "later", since: next.since, until: next.until };
  const last = spans.at(-1);
  if (last === undefined) return { state: "notLive", since: null, until: null };
  return { state: last.by ?? "replaced", since: last.since, until: last.until };
}

function spansOf(turns: ReturnType<typeof liveVersions>, version: string): readonly Span[] {
  const spans: Span[] = [];
  let since: number | undefined;
  for (const { after, held: live } of turns) {
    if (live?.version === version) since ??= after;
    else if (since !== undefined) {
      if (after > since) spans.push({ since, until: after, by: live === undefined ? "withdrawn" : "replaced" });
      since = undefined;
    }
  }
  if (since !== undefined) spans.push({ since, until: null, by: null });
  return spans;
}
