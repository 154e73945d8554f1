import { checkMove, type Moves } from "../moves.ts";
import { versionStates, type VersionState, type VersionStateName } from "./version-state.ts";
import type { BlueprintPublished } from "../../schemas/index.ts";

/**
 * There is no move to `replaced`: it results from another version that goes live. A version whose shadow ends is again
 * what it was before. A version that goes live later may be moved to an earlier time.
 */
export const versionMoves: Moves<VersionStateName> = {
  notLive: ["shadow", "live"],
  shadow: ["live", "notLive"],
  later: ["shadow", "live"],
  live: ["replaced", "withdrawn"],
  replaced: ["shadow", "live"],
  withdrawn: ["shadow", "live"],
};

/**
 * The state of a version right after `time`, ms.
 * @param records all versions of its use case
 */
export function stateAfter(records: readonly BlueprintPublished[], version: string, time: number): VersionState {
  const at = records.findIndex((record) => record.version === version);
  return versionStates(records, time + 1)[at] ?? { state: "notLive", since: null, until: null };
}

export function checkVersionMove(
  { useCase, version }: Pick<BlueprintPublished, "useCase" | "version">,
  from: VersionStateName,
  to: VersionStateName,
): void {
  checkMove(versionMoves, `version ${version} of use case "${useCase}"`, from, to);
}
