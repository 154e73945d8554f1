import { labelColumns, maturityColumn, type CompiledBlueprint } from "../blueprints/index.ts";
import type { TrainingRow } from "../schemas/index.ts";
import type { Serdes } from "../streams/index.ts";
import type { KnownVersions } from "./known-versions.ts";

/** A row in the form of its reader's version. `undefined`: the decision has no label of that version. */
export type OwnLabel = (row: TrainingRow, bytes: Uint8Array) => TrainingRow | undefined;

/**
 * Gives rows the labels of the version that reads them. A version with one label finds it in another column of rows of
 * versions with several. A version with several has a column for each, and does without the column `label`. A reward is
 * that of the version that reads. All other rows stay as they are.
 */
export function ownLabel(
  serdes: Pick<Serdes, "decodeAsWritten">,
  compiled: CompiledBlueprint,
  blueprints: KnownVersions,
): OwnLabel {
  const own = ownLabels(serdes, compiled, blueprints);
  const { reward, blueprint, labelColumns } = compiled;
  if (reward === undefined) return own;
  const columns = new Map(labelColumns.map(({ name, value }) => [name, value]));
  return (row, bytes) => {
    const found = own(row, bytes);
    // Another version's reward is of another formula, though its column has the same name.
    if (found === undefined || found["blueprintVersion"] === blueprint.version) return found;
    const written = serdes.decodeAsWritten(bytes) as TrainingRow;
    const labelOf = (name: string) => ({
      value: (found[columns.get(name)!] ?? null) as number | null,
      waits: written[maturityColumn(name)] === "waiting",
    });
    return { ...found, reward: reward(labelOf) };
  };
}

function ownLabels(
  serdes: Pick<Serdes, "decodeAsWritten">,
  { blueprint }: CompiledBlueprint,
  blueprints: KnownVersions,
): OwnLabel {
  const { useCase, label } = blueprint;
  if (blueprint.labels.length > 1) return withoutFirst;
  const columns = labelColumns([label, { name: "" }])[0]!;
  const several = new Map<string, boolean>([[blueprint.version, false]]);
  return (row, bytes) => {
    const version = row["blueprintVersion"] as string;
    let hasSeveral = several.get(version);
    if (hasSeveral === undefined) {
      hasSeveral = (blueprints.version(useCase, version)?.blueprint.labels.length ?? 1) > 1;
      several.set(version, hasSeveral);
    }
    if (!hasSeveral) return row;
    const written = serdes.decodeAsWritten(bytes) as TrainingRow;
    const value = written[columns.value] ?? null;
    return value === null ? undefined : { ...row, label: value, labelTime: written[columns.time] ?? null };
  };
}

function withoutFirst({ label: _, ...row }: TrainingRow): TrainingRow {
  return row;
}
