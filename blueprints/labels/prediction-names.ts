import type { BlueprintContent, DecisionSpace } from "../blueprint.ts";

/** What the rest of an episode is worth from an action on. */
export const valueName = (action: string): string => `value_${action}`;
/** The probability with which the log takes an action. */
export const loggedName = (action: string): string => `logged_${action}`;

/** All that may be decided, as texts; none where requests or numbers say it. */
export const actionsOf = (space: DecisionSpace): readonly string[] =>
  space.kind === "actions" ? space.actions : space.kind === "boolean" ? ["false", "true"] : [];

/** What a model that learns from episodes predicts. */
export const valueNames = (space: DecisionSpace): readonly string[] => {
  const actions = actionsOf(space);
  return [...actions.map(valueName), ...actions.map(loggedName)];
};

/** What a version's model predicts: its labels, or from episodes the values of all actions and what the log does. */
export const predictionNames = ({
  episodes,
  labels,
  decisionSpace,
}: Pick<BlueprintContent, "episodes" | "labels" | "decisionSpace">): readonly string[] =>
  learnsEpisodes({ episodes }) ? valueNames(decisionSpace) : labels.map(({ name }) => name);

export const learnsEpisodes = ({ episodes }: Pick<BlueprintContent, "episodes">): boolean =>
  episodes !== null && episodes.learn !== null;
