import {
  canTrainOn,
  compareBlueprints,
  compileBlueprint,
  type Change,
  type CompiledBlueprint,
  type TrainingMatch,
} from "../../blueprints/index.ts";
import {
  blueprintTable,
  checkTypes,
  validBlueprints,
  versionStates,
  type ValidBlueprints,
  type VersionState,
} from "../../catalogue/index.ts";
import { DomainError, type BlueprintPublished } from "../../schemas/index.ts";
import { readTable, type GlobalView } from "../../streams/index.ts";
import type { Tools } from "../loop.ts";
import { Faults, type CheckedFile } from "./check-files.ts";

/** What a file would change beside the versions that are published. */
export interface PlannedVersion {
  readonly file: string;
  readonly useCase: string;
  readonly version: string;
  /** `unchanged`: it is in its place already. `new`: no version of its use case is live. */
  readonly action: "unchanged" | "new" | "changed";
  /** Its place afterwards. */
  readonly to: "live" | "shadow";
  /** Its state now; null: it is not published. */
  readonly state: VersionState["state"] | null;
  /** The version that is live now. */
  readonly before: string | null;
  /** Differences from that version, as `blueprint diff` has them. */
  readonly changes: readonly Change[];
  /** Whether it may train on the rows of that version; null: there is none to compare with. */
  readonly trainsOnBefore: TrainingMatch | null;
  /** The reason that this release can't read the version that is live now. */
  readonly problem: string | null;
  /** Another version of the use case that goes live later by itself. */
  readonly later: { readonly version: string; readonly since: number } | null;
}

export interface PlanOptions {
  /** Changed versions go into shadow; a new use case goes live all the same. */
  readonly shadow: boolean;
  /** ms. */
  readonly now: number;
}

/**
 * Compares files with the published versions; writes nothing. Throws the faults of all files as one error: a name whose
 * type is another one than in a published version, or than in another one of the files.
 */
export async function planBlueprints(
  tools: Pick<Tools, "backbone" | "serdes">,
  files: readonly CheckedFile[],
  { shadow, now }: PlanOptions,
): Promise<readonly PlannedVersion[]> {
  const table = await readTable(tools.backbone, tools.serdes, blueprintTable);
  const known = validBlueprints(table);
  checkAllTypes(files, table, known);
  return files.map((file) => planned(file, table, known, { shadow, now }));
}

/** Published versions were checked when they were published. */
function checkAllTypes(
  files: readonly CheckedFile[],
  table: GlobalView<BlueprintPublished>,
  known: ValidBlueprints,
): void {
  const faults = new Faults();
  const all: CompiledBlueprint[] = [...known.all()];
  for (const { file, text, blueprint } of files) {
    if (table.get(`${blueprint.useCase}/${blueprint.version}`) !== undefined) continue;
    faults.gather(() => {
      try {
        checkTypes(blueprint, { all: () => all });
      } catch (error) {
        if (error instanceof DomainError) throw new DomainError(error.code, `${file}: ${error.message}`, error);
        throw error;
      }
    });
    all.push(compileBlueprint(text));
  }
  faults.end();
}

function planned(
  { file, blueprint }: CheckedFile,
  table: GlobalView<BlueprintPublished>,
  known: ValidBlueprints,
  { shadow, now }: PlanOptions,
): PlannedVersion {
  const { useCase, version } = blueprint;
  const records = [...table.values()].filter((record) => record.useCase === useCase);
  const states = versionStates(records, now + 1).map((state, at) => ({ ...state, version: records[at]!.version }));
  const own = states.find((each) => each.version === version);
  const live = states.find(({ state }) => state === "live");
  const later = states.find((each) => each.state === "later" && each !== own);
  const to = shadow && live !== undefined && live !== own ? "shadow" : "live";
  const readable = live === undefined ? undefined : known.version(useCase, live.version)?.blueprint;
  return {
    ...{ file, useCase, version, to, state: own?.state ?? null, before: live?.version ?? null },
    action: own?.state === to ? "unchanged" : live === undefined ? "new" : "changed",
    changes: readable === undefined ? [] : compareBlueprints(readable, blueprint),
    trainsOnBefore: readable === undefined || live === own ? null : canTrainOn(blueprint, readable),
    problem: live === undefined ? null : (known.problem(useCase, live.version) ?? null),
    later: later === undefined ? null : { version: later.version, since: later.since! },
  };
}
