import { validBlueprints, versionStates, type VersionState, blueprintTable } from "../../catalogue/index.ts";
import type { BlueprintPublished } from "../../schemas/index.ts";
import { readTable } from "../../streams/index.ts";
import { runningInstances } from "../instances/running-instances.ts";
import type { Tools } from "../loop.ts";

/**
 * A published version with its present state. `warming`: it is not live yet, and running instances are filling its
 * windows.
 */
export type ListedVersion = BlueprintPublished &
  Omit<VersionState, "state"> & { readonly state: VersionState["state"] | "warming" };

/**
 * Every version, those of a use case in the order in which they went live.
 * @param now ms
 */
export async function listVersions(
  tools: Pick<Tools, "backbone" | "serdes" | "publisher">,
  now: number,
): Promise<readonly ListedVersion[]> {
  const table = await readTable(tools.backbone, tools.serdes, blueprintTable);
  const valid = validBlueprints(table);
  const { running } = await runningInstances(tools, false);
  const filled = new Set(running.flatMap(({ warming }) => warming));
  const listed: ListedVersion[] = [];
  for (const records of Map.groupBy(table.values(), ({ useCase }) => useCase).values()) {
    const states = versionStates(records, now);
    for (const [at, record] of records.entries()) {
      const state = states[at]!;
      const { groups = [], tables = [] } = valid.version(record.useCase, record.version) ?? {};
      const parts = [...groups.map(({ stateId }) => stateId), ...tables];
      const warming = state.state === "notLive" && parts.some((part) => filled.has(part));
      listed.push({ ...record, ...state, state: warming ? "warming" : state.state });
    }
  }
  const never = Number.POSITIVE_INFINITY;
  return listed.sort(
    (a, b) =>
      compare(a.useCase, b.useCase) || compare(a.since ?? never, b.since ?? never) || compare(a.version, b.version),
  );
}

const compare = <T extends string | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
