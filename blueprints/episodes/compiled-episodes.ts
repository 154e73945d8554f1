import { createHash } from "node:crypto";
import type { BlueprintContent } from "../blueprint.ts";
import type { EpisodesConfig } from "../config/episodes-config.ts";
import { canonicalJson } from "../canonical-json.ts";
import { definitionOf, featureType } from "../features/kinds/index.ts";
import { canonicalFormula } from "../formula/index.ts";
import { labelColumns, maturityColumn } from "../labels/label-columns.ts";
import { labelParts } from "../labels/label-parts.ts";
import { canonicalReward, compileReward } from "../labels/reward.ts";
import { featuresOfOption } from "../options/of-option.ts";
import { compileEnd } from "./end-formula.ts";
import { actionsOf } from "../labels/prediction-names.ts";

type Row = Readonly<Record<string, unknown>>;

/** A version's episodes, with what is derived from them. */
export interface CompiledEpisodes extends EpisodesConfig {
  /**
   * Names what the episodes are, within the use case: 12 hex digits. Versions whose features, labels and rules mean the
   * same have the same one, so their decisions follow each other in one episode.
   */
  readonly id: string;
  /** All that may be decided, as texts. */
  readonly actions: readonly string[];
  /** Names of the features that make the state, in the blueprint's order: all but those of options. */
  readonly features: readonly string[];
  /** Whether a row of a version counts: its columns mean the same. */
  counts(rowsOf: Meant): boolean;
  /** The value that decisions follow each other by; null: the row has none, and belongs to no episode. */
  keyOf(row: Row): string | null;
  /** What the decision of a row was worth; null: it waits, or is missing. */
  rewardOf(row: Row): number | null;
  /** Whether nothing comes after the row. */
  ends(row: Row): boolean;
}

type Meant = Pick<BlueprintContent, "features" | "labels" | "context" | "decisionSpace">;
type Whole = Meant & Pick<BlueprintContent, "episodes" | "reward">;

/** The column of rows that has the key, where it is not the unit. */
export const EPISODE_KEY = "episodeKey";

/** Null: the version has none. */
export function compileEpisodes(blueprint: Whole): CompiledEpisodes | null {
  const { episodes, labels } = blueprint;
  if (episodes === null) return null;
  const features = stateFeatures(blueprint);
  const id = meaningOf(blueprint, blueprint);
  const reward = compileReward(blueprint);
  const columns = new Map(labelColumns(labels).map(({ name, value }) => [name, value]));
  const known = new Map<Meant, boolean>();
  const keyColumn = episodes.by === "unit" ? "unit" : EPISODE_KEY;
  const labelOf = (row: Row, name: string): { readonly value: number | null; readonly waits: boolean } => {
    const value = row[columns.get(name)!];
    const isThere = typeof value === "number" && !Number.isNaN(value);
    return { value: isThere ? value : null, waits: row[maturityColumn(name)] === "waiting" };
  };
  return Object.freeze({
    ...episodes,
    ...{ id, features, actions: actionsOf(blueprint.decisionSpace) },
    counts(rowsOf: Meant) {
      let counts = known.get(rowsOf);
      if (counts === undefined) known.set(rowsOf, (counts = meaningOf(rowsOf, blueprint) === id));
      return counts;
    },
    keyOf(row: Row) {
      const key = row[keyColumn];
      return typeof key === "string" ? key : null;
    },
    rewardOf(row: Row) {
      if (reward !== undefined) return reward((name) => labelOf(row, name));
      const { value, waits } = labelOf(row, labels[0]!.name);
      return waits ? null : value;
    },
    ends: compileEnd(episodes.end, labels, blueprint.features),
  });
}

/** What does not depend on the option that is chosen. */
function stateFeatures(blueprint: Meant): readonly string[] {
  const ofOption = new Set(featuresOfOption(blueprint));
  return blueprint.features
    .filter(({ kind }, index) => kind !== "position" && !ofOption.has(index))
    .map(({ name }) => name);
}

/** Of the rows of one version as another one's episodes read them. */
function meaningOf(rowsOf: Meant, { episodes, reward, ...of }: Whole): string {
  const names = stateFeatures(of);
  const inputs = names.map((name) => rowsOf.features.find((feature) => feature.name === name));
  const meaning = {
    episodes: {
      ...episodes,
      end: episodes!.end === null ? null : canonicalFormula(episodes!.end),
      discount: null,
      learn: undefined,
    },
    reward: reward === null ? null : canonicalReward(reward),
    actions: actionsOf(rowsOf.decisionSpace),
    features: inputs.map((feature) => feature && [feature.name, featureType(feature), definitionOf(feature)]),
    labels: rowsOf.labels.map((label) => [...labelParts(label)]),
  };
  return createHash("sha256").update(canonicalJson(meaning)).digest("hex").slice(0, 12);
}
