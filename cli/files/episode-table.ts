import { featureType, type CompiledBlueprint } from "../../blueprints/index.ts";
import type { EpisodeState, EpisodeStep } from "../../schemas/index.ts";
import { booleanCell } from "./row-table.ts";
import type { TableColumn } from "./table-column.ts";

/**
 * Steps of episodes as a table: a column of each feature in the state and in the next one, the action as a text and as its
 * index among the possible ones. Numbers, terminals and truncations are as d3rlpy and Gymnasium take them.
 */
export function episodeTable({ blueprint, episodes }: CompiledBlueprint): {
  readonly columns: readonly TableColumn[];
  cellsOf(step: EpisodeStep): Readonly<Record<string, unknown>>;
} {
  const inState = new Set(episodes!.features);
  const features = blueprint.features
    .filter(({ name }) => inState.has(name))
    .map((feature) => ({ name: feature.name, type: featureType(feature) }));
  const stateColumns = (prefix: string): readonly TableColumn[] =>
    features.map(({ name, type }) => ({
      name: `${prefix}${name}`,
      type: type === "category" ? "string" : type === "boolean" ? "boolean" : "double",
    }));
  const cellsOf = (prefix: string, state: EpisodeState | null): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      features.map(({ name, type }) => {
        const value = state?.[name] ?? null;
        return [`${prefix}${name}`, type === "boolean" ? booleanCell(value) : value];
      }),
    );
  return {
    columns: [
      ...texts("episodeId", "key"),
      { name: "step", type: "double" },
      ...texts("decisionId"),
      { name: "decisionTime", type: "timestamp" },
      ...texts("blueprintVersion", "maturity"),
      ...stateColumns(STATE),
      ...texts("action", "possibleActions"),
      ...numbers("actionIndex", "propensity", "reward"),
      ...texts("nextDecisionId"),
      ...stateColumns(NEXT),
      ...texts("nextAction"),
      ...numbers("timeDifference"),
      { name: "terminal", type: "boolean" },
      { name: "truncated", type: "boolean" },
    ],
    cellsOf({ state, nextState, possibleActions, ...step }) {
      const index = step.action === null ? -1 : possibleActions.indexOf(step.action);
      return {
        ...step,
        ...{ ...cellsOf(STATE, state), ...cellsOf(NEXT, nextState) },
        possibleActions: JSON.stringify(possibleActions),
        actionIndex: index < 0 ? null : index,
      };
    },
  };
}

const STATE = "state_";
const NEXT = "nextState_";
const texts = (...names: readonly string[]): readonly TableColumn[] => names.map((name) => ({ name, type: "string" }));
const numbers = (...names: readonly string[]): readonly TableColumn[] =>
  names.map((name) => ({ name, type: "double" }));
