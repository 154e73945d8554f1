import {
  decisionRequests,
  decisions,
  episodesTopicName,
  events,
  observations,
  rowsTopicName,
} from "../../schemas/index.ts";
import { computationOf, type Blueprint } from "../../blueprints/index.ts";
import type { ValidBlueprints } from "./valid-blueprints.ts";

/**
 * Retention of the topics of all use cases with a version that is live or in shadow at `now` or later: by topic name, in ms; null: for ever. A use
 * case's own rows, and the episodes of them, are kept as long as it asks, and shared topics as long as the use case that asks for most. Events are
 * kept at least as long as the widest window, which is filled from them when a disk is lost. Of several versions the
 * one that asks for most counts. Empty without such a use case: nothing is known then.
 */
export function topicRetention(valid: ValidBlueprints, now: number): ReadonlyMap<string, number | null> {
  const retention = new Map<string, number | null>();
  const all: Blueprint[] = [];
  for (const useCase of valid.useCases()) {
    const live = valid.from(useCase, now).map(({ blueprint }) => blueprint);
    all.push(...valid.shadowsFrom(useCase, now).map(({ blueprint }) => blueprint));
    if (live.length === 0) continue;
    all.push(...live);
    const rows = longest(live.map((each) => each.retention.rowsMs));
    retention.set(rowsTopicName(useCase), rows);
    if (live.some(({ episodes }) => episodes !== null)) retention.set(episodesTopicName(useCase), rows);
  }
  if (all.length === 0) return retention;
  const shared = longest(all.map((each) => each.retention.decisionsMs));
  for (const { name } of [decisionRequests, decisions, observations]) retention.set(name, shared);
  retention.set(events.name, longest([shared, ...all.flatMap(windowsOf)]));
  return retention;
}

function longest(asked: readonly (number | null)[]): number | null {
  let most = 0;
  for (const ms of asked) {
    if (ms === null) return null;
    most = Math.max(most, ms);
  }
  return most;
}

/** Twice the width: the state at work is at most one retention behind. */
function windowsOf({ features }: Blueprint): readonly number[] {
  return features.flatMap((feature) => {
    const computed = computationOf(feature);
    return computed.from === "events" ? [2 * computed.window.windowMs] : [];
  });
}
