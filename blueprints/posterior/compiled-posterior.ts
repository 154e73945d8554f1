import { createHash } from "node:crypto";
import type { BlueprintContent } from "../blueprint.ts";
import type { PosteriorConfig } from "../config/posterior-config.ts";
import { canonicalJson } from "../canonical-json.ts";
import { definitionOf, featureType } from "../features/kinds/index.ts";
import type { FeatureVector } from "../features/layout.ts";
import { labelColumns, maturityColumn } from "../labels/label-columns.ts";
import { labelParts } from "../labels/label-parts.ts";
import { canonicalReward } from "../labels/reward.ts";
import { recordLimits } from "../../schemas/index.ts";

/** A version's posterior, with what is derived from it. */
export interface CompiledPosterior extends PosteriorConfig {
  /**
   * Names what is learnt, within the use case: 12 hex digits. Versions whose features and label mean the same have the
   * same one, so a new version knows what the last one has learnt.
   */
  readonly id: string;
  /** The constant, and a weight a feature. */
  readonly dimensions: number;
  /** The column of rows that is learnt. */
  readonly column: string;
  /** Whether a row of a version counts: its columns mean the same. */
  counts(rowsOf: Pick<BlueprintContent, "features" | "labels" | "reward">): boolean;
  /** 1, and then the features' values; a missing one is 0, and one beyond the largest feature is that. */
  x(vector: Readonly<FeatureVector>): readonly number[];
  /** The same of a row. */
  xOfRow(row: Readonly<Record<string, unknown>>): readonly number[];
  /** The label or reward of a row; null: there is none, it waits, or it is beyond what is learnt from. */
  learnt(row: Readonly<Record<string, unknown>>): number | null;
}

type Meant = Pick<BlueprintContent, "features" | "labels" | "reward">;

/** Null: the version has none. */
export function compilePosterior(blueprint: Meant & Pick<BlueprintContent, "posterior">): CompiledPosterior | null {
  const { posterior } = blueprint;
  if (posterior === null) return null;
  const id = meaningOf(blueprint, posterior)!;
  const places = posterior.features.map((name) => blueprint.features.findIndex((feature) => feature.name === name));
  const column = columnOf(blueprint, posterior)!;
  const maturity = maturityColumn(posterior.of);
  const known = new Map<Meant, boolean>();
  return Object.freeze({
    ...posterior,
    ...{ id, column, dimensions: 1 + places.length },
    counts(rowsOf: Meant) {
      let counts = known.get(rowsOf);
      if (counts === undefined) known.set(rowsOf, (counts = meaningOf(rowsOf, posterior) === id));
      return counts;
    },
    x: (vector: Readonly<FeatureVector>) => [1, ...places.map((place) => numberOr0(vector[place]))],
    xOfRow: (row: Readonly<Record<string, unknown>>) => [1, ...posterior.features.map((name) => numberOr0(row[name]))],
    learnt(row: Readonly<Record<string, unknown>>) {
      if (row[maturity] === "waiting") return null;
      const value = row[column];
      return typeof value === "number" && Math.abs(value) <= largestLabel ? value : null;
    },
  });
}

/** The square of a number within this limit is one too. */
const { largestFeature, largestLabel } = recordLimits;
const numberOr0 = (value: unknown): number =>
  typeof value === "number" ? Math.max(-largestFeature, Math.min(largestFeature, value)) : 0;

const columnOf = ({ labels, reward }: Meant, { of }: PosteriorConfig): string | undefined =>
  of === "reward" && reward !== null ? of : labelColumns(labels).find(({ name }) => name === of)?.value;

/** `undefined`: the version has not all that is learnt from. */
function meaningOf(version: Meant, posterior: PosteriorConfig): string | undefined {
  const { features, labels, reward } = version;
  const column = columnOf(version, posterior);
  const inputs = posterior.features.map((name) => features.find((feature) => feature.name === name));
  if (column === undefined || inputs.some((feature) => feature === undefined)) return undefined;
  const isReward = column === "reward";
  const of = labels.filter(({ name }) => isReward || name === posterior.of);
  const meaning = {
    column,
    by: posterior.by,
    features: inputs.map((feature) => [feature!.name, featureType(feature!), definitionOf(feature!)]),
    labels: of.map((label) => [...labelParts(label)]),
    reward: isReward ? canonicalReward(reward!) : null,
  };
  return createHash("sha256").update(canonicalJson(meaning)).digest("hex").slice(0, 12);
}
