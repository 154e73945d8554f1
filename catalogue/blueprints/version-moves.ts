import { checkMove, type Moves } from "../moves.ts";
import { versionStates, type VersionState, type VersionStateName } from "./version-state.ts";
import type { BlueprintPublished } from "../../schemas/index.ts";

/** `replaced` is nobody's move: it comes of another version that goes live. A version that goes live later may do so earlier. */
export const versionMoves: Moves<VersionStateName> = {
  notLive: ["live"],
  later: ["live"],
  live: ["replaced", "withdrawn"],
  replaced: ["live"],
  withdrawn: ["live"],
};

/**
 * What a version is right after `time`, ms.
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
