import { contextTypes, observationTypes, type Blueprint, type ValueTypes } from "../../../blueprints/index.ts";
import { decisionRequests, type DecisionRequested, type ObservationRecorded } from "../../../schemas/index.ts";
import type { Published } from "../../../streams/index.ts";
import { candidatesAs, candidateTypes } from "../lines/candidate-cells.ts";
import type { Cell } from "../lines/records.ts";
import { valuesOf } from "../lines/typed-cells.ts";
import { decisionFacts, observationFacts, type LineFacts } from "./line-names.ts";

export type Values = Readonly<Record<string, Cell>>;

/** The content of a request or an observation, as today's blueprint reads it. */
export interface Said {
  readonly useCase: string;
  readonly values: Values;
  readonly facts: LineFacts;
  /** The content without columns that the blueprint does not know. */
  readonly declared: bigint;
}

export type ReadSaid = (record: Pick<Published<unknown>, "topic" | "value" | "time">) => Said;

export function saidAs(blueprint: Blueprint): ReadSaid {
  const types = { context: contextTypes(blueprint), observation: observationTypes(blueprint) };
  const ofOption = candidateTypes(blueprint.decisionSpace);
  return ({ topic, value, time }) => {
    if (topic.name === decisionRequests.name) {
      const { decisionId, useCase, context, logged, candidates } = value as DecisionRequested;
      const [all, known] = [undefined, (name: string) => ofOption.has(name)].map((isKnown) =>
        candidatesAs(candidates, ofOption, isKnown),
      );
      const said = saidOf(context, types.context, useCase, (values, isKnown) =>
        decisionFacts(decisionId, time, values, logged, isKnown ? known : all),
      );
      if (candidates.length === 0) return said;
      return { ...said, values: { ...said.values, candidates: JSON.stringify(all) } };
    }
    const { decisionId, useCase, optionId, values: given } = value as ObservationRecorded;
    return saidOf(given, types.observation, useCase, (values) => observationFacts(decisionId, time, values, optionId));
  };
}

/** @param factsOf of all values, or of those that the blueprint knows */
function saidOf(
  given: Values,
  types: ValueTypes,
  useCase: string,
  factsOf: (values: Values, isKnown: boolean) => LineFacts,
): Said {
  const read = valuesOf(given, types, []);
  // A value of before may not fit the type of today: as it stands it is another one.
  const values = "problem" in read ? given : read.values;
  const known = Object.fromEntries(Object.entries(values).filter(([name]) => types.has(name)));
  return { useCase, values, facts: factsOf(values, false), declared: factsOf(known, true).content };
}
