import { shadowSince, shadowSpans, type ShadowSpan, type ValidBlueprints } from "../../catalogue/index.ts";
import type { BlueprintPublished } from "../../schemas/index.ts";
import type { GlobalView } from "../../streams/index.ts";
import type { VersionName } from "./shadow-place.ts";

export interface ShadowNow {
  readonly of: VersionName;
  readonly span: ShadowSpan;
}

/**
 * The versions that have work to do in shadow at `now`, ms: the newest span of each, until the last label of its
 * decisions can have come.
 * @param asked only these; a part that is absent means all
 */
export function shadowsNow(
  table: GlobalView<BlueprintPublished>,
  valid: ValidBlueprints,
  now: number,
  asked: Partial<VersionName> = {},
): readonly ShadowNow[] {
  return [...table.values()].flatMap((record): ShadowNow[] => {
    const { useCase, version } = record;
    const isAsked = (asked.useCase ?? useCase) === useCase && (asked.version ?? version) === version;
    const span = shadowSpans(record).findLast(({ from }) => from <= now);
    const compiled = valid.version(useCase, version);
    if (!isAsked || span === undefined || compiled === undefined) return [];
    return now < span.to + compiled.blueprint.join.ttlMs ? [{ of: { useCase, version }, span }] : [];
  });
}

/** Versions in shadow at `now`, ms, that this release can't read: each with the reason. */
export const unreadableShadows = (
  table: GlobalView<BlueprintPublished>,
  valid: ValidBlueprints,
  now: number,
): ReadonlyMap<string, string> =>
  new Map(
    [...table.values()].flatMap((record) => {
      const problem = valid.problem(record.useCase, record.version);
      const isThere = shadowSince(record, now) !== undefined;
      return problem === undefined || !isThere ? [] : [[`${record.useCase}/${record.version}`, problem] as const];
    }),
  );
