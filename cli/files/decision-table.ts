import {
  featureType,
  hasBeliefs,
  isOverOptions,
  labelColumns,
  maturityColumns,
  type Blueprint,
} from "../../blueprints/index.ts";
import type { ValidBlueprints } from "../../catalogue/index.ts";
import type { DecisionRecorded } from "../../schemas/index.ts";
import { ownValue, setOwn } from "../../streams/index.ts";
import { booleanCell, columnsOfRows, valueType } from "./row-table.ts";
import type { ColumnType, TableColumn } from "./table-column.ts";

/** Decisions as a table, with a column for each feature. */
export interface DecisionTable {
  readonly columns: readonly TableColumn[];
  /** A feature that the deciding version does not have, or has with another type, is null. */
  cellsOf(decision: DecisionRecorded): Readonly<Record<string, unknown>>;
  /** The versions, of those that made the decisions so far, that lack features of the table; sorted. */
  lacking(): readonly LackingVersion[];
}

/** A version whose decisions have no value in some columns. */
export interface LackingVersion {
  readonly version: string;
  readonly decisions: number;
  /** Names of features. All of them: the version can't be read here. */
  readonly features: readonly string[];
}

/** Columns of a row that its decision alone does not have. */
const ofRowsAlone = ({ labels, reward }: Blueprint): ReadonlySet<string> =>
  new Set([
    ...["rowTime", "maturity"],
    ...(reward === null ? [] : ["reward"]),
    ...labelColumns(labels).flatMap(({ value, time }) => [value, time]),
    ...maturityColumns({ labels }),
  ]);

/** Behind the predictions. A list or a map is JSON. */
const TRAILING = {
  deferred: { type: "boolean", cell: ({ deferred }) => deferred },
  repeatOf: { type: "timestamp", cell: ({ repeatOf }) => repeatOf },
  actions: { type: "string", cell: ({ actions }) => listOf(actions) },
  distribution: { type: "string", cell: ({ distribution }) => listOf(distribution) },
  candidates: { type: "double", cell: ({ candidates }) => candidates },
  options: { type: "string", cell: ({ options }) => listOf(options.map(shownOption)) },
  scores: { type: "string", cell: ({ scores }) => listOf(scores) },
  beliefs: { type: "string", cell: ({ beliefs }) => listOf(beliefs) },
  proposed: { type: "string", cell: ({ proposed }) => listOf(proposed) },
  parameters: {
    type: "string",
    cell: ({ parameters }) => (Object.keys(parameters).length === 0 ? null : JSON.stringify(parameters)),
  },
} satisfies Record<string, { readonly type: ColumnType; cell(decision: DecisionRecorded): unknown }>;

/** Without its features and keys: the rows have those. */
const shownOption = ({
  optionId,
  position,
  score,
  propensity,
  sampled,
  predictions,
}: DecisionRecorded["options"][number]) => ({ optionId, position, score, propensity, sampled, predictions });

/** Columns that only some policies have anything for. */
function isUsed(name: string, blueprint: Blueprint): boolean {
  const { policy, exploration, learning } = blueprint;
  if (name === "parameters") return Object.keys(policy.params).length > 0;
  if (name === "options" || name === "candidates") return isOverOptions(blueprint);
  if (name === "scores") return exploration !== null || learning.logging === "uniform";
  return name !== "beliefs" || hasBeliefs(blueprint);
}

const listOf = (values: readonly unknown[]): string | null => (values.length === 0 ? null : JSON.stringify(values));

/** @param blueprint the version whose features and labels are the columns */
export function decisionTable(blueprint: Blueprint, known: Pick<ValidBlueprints, "all" | "version">): DecisionTable {
  const value = valueType([blueprint, ...ofUseCase(blueprint, known)]);
  const rowsAlone = ofRowsAlone(blueprint);
  const columns = columnsOfRows(blueprint, value).filter(({ name }) => !rowsAlone.has(name));
  const features = blueprint.features.map((feature) => ({ name: feature.name, type: featureType(feature) }));
  const predictions = labelColumns(blueprint.labels);
  const taken = new Set(columns.map(({ name }) => name));
  const trailing = Object.entries(TRAILING)
    .filter(([name]) => isUsed(name, blueprint))
    .map(([name, { type, cell }]) => ({
      // A feature may have the name: it keeps it.
      name: taken.has(name) ? `decision_${name}` : name,
      ...{ type, cell },
    }));
  const versions = new Map<string, { readonly places: readonly (number | undefined)[]; decisions: number }>();
  /** Of each column, the place in the vectors of a version. */
  const placesIn = (version: string): readonly (number | undefined)[] => {
    const layout = known.version(blueprint.useCase, version)?.layout ?? [];
    return features.map(
      ({ name, type }) => layout.find((at) => at.name === name && featureType(at.feature) === type)?.index,
    );
  };
  return {
    columns: [...columns, ...trailing.map(({ name, type }) => ({ name, type }))],
    cellsOf(decision) {
      const cells: Record<string, unknown> = { ...decision };
      if (value === "string" && decision.value !== null) cells["value"] = String(decision.value);
      const { blueprintVersion } = decision;
      let version = versions.get(blueprintVersion);
      if (version === undefined) {
        version = { places: placesIn(blueprintVersion), decisions: 0 };
        versions.set(blueprintVersion, version);
      }
      version.decisions += 1;
      for (const [column, { name, type }] of features.entries()) {
        const place = version.places[column];
        const cell = place === undefined ? null : (decision.features[place] ?? null);
        setOwn(cells, name, type === "boolean" ? booleanCell(cell) : cell);
      }
      for (const { name, prediction } of predictions) cells[prediction] = ownValue(decision.predictions, name) ?? null;
      for (const { name, cell } of trailing) cells[name] = cell(decision);
      return cells;
    },
    lacking: () =>
      [...versions]
        .map(([version, { places, decisions }]) => ({
          ...{ version, decisions },
          features: features.map(({ name }) => name).filter((_, at) => places[at] === undefined),
        }))
        .filter((one) => one.features.length > 0)
        .sort((a, b) => (a.version < b.version ? -1 : 1)),
  };
}

const ofUseCase = ({ useCase }: Blueprint, known: Pick<ValidBlueprints, "all">): readonly Blueprint[] =>
  known
    .all()
    .map((compiled) => compiled.blueprint)
    .filter((other) => other.useCase === useCase);
