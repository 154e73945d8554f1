import type { CompiledBlueprint } from "../blueprints/index.ts";
import { believe, nameIn, posteriorPart, stateAt, updatesOf } from "../operators/index.ts";
import type { DecisionRecorded, Enriched } from "../schemas/index.ts";
import type { Tables } from "./source.ts";

type Predictions = Readonly<Record<string, number>>;

/** The state of an option that a decision went by, and the newest one that there was for its time. */
export interface UsedState {
  readonly optionId: string;
  /** Numbers of the states; 0: the prior. */
  readonly used: number;
  readonly newest: number;
  /** Event time from which the first one counted that it did not go by, ms; null: it went by the newest. */
  readonly missedSince: number | null;
}

/**
 * The states that a decision went by, as its record names them.
 *
 * @param options of the request, in the order of the record
 */
export function usedStates(
  { beliefs, decisionTime }: Pick<DecisionRecorded, "beliefs" | "decisionTime">,
  options: Enriched["options"],
  compiled: CompiledBlueprint,
  { posteriors }: Tables,
): readonly UsedState[] {
  if (compiled.posterior === null || beliefs.length !== options.length) return [];
  return options.map(({ optionId }, at) => {
    const bytes = stateAt(posteriors, compiled, optionId, decisionTime);
    const newest = bytes === undefined ? 0 : updatesOf(bytes);
    const used = beliefs[at]!.at(-1) ?? Number.NaN;
    const missed = used < newest ? firstAfter(used, optionId, compiled, posteriors) : undefined;
    const missedSince = missed === undefined ? null : missed + compiled.posterior!.afterMs;
    return { optionId, used, newest, missedSince };
  });
}

/** Event time of the first state of an option with a larger number. */
function firstAfter(
  used: number,
  optionId: string,
  { blueprint, posterior }: CompiledBlueprint,
  posteriors: Tables["posteriors"],
): number | undefined {
  const part = posteriorPart(blueprint.useCase, posterior!.id);
  const { numbers = [], values = [] } = posteriors.series(part, nameIn(posterior!, optionId)) ?? {};
  return numbers[values.findIndex((bytes) => updatesOf(bytes) > used)];
}

/**
 * What is believed of each option by these states. Of an option whose state is gone from the topic nothing is.
 *
 * @param options of the request, in its order
 */
export function believedBy(
  used: readonly UsedState[],
  enriched: Pick<Enriched, "features" | "options">,
  compiled: CompiledBlueprint,
  { posteriors }: Tables,
): readonly Predictions[] {
  const bytes = new Map(
    used.map(({ optionId, used: updates }) => [optionId, posteriors.numbered(compiled, optionId, updates)?.bytes]),
  );
  const believed = believe(enriched, compiled, (optionId) => bytes.get(optionId));
  return believed.map((own, at) => {
    const { optionId, used: updates } = used[at]!;
    return updates > 0 && bytes.get(optionId) === undefined ? {} : own;
  });
}
