import { z } from "zod";
import { areValues, fitted, hasFields, isBoolean, isBulkOf, isName, isWhole } from "./fits.ts";
import { bulkOf, id, name, problem, source, time, values } from "./values.ts";

const when = { useCase: isName, time: isWhole(0), source: isName };
const optional = { ...when, observationId: isName, optionId: isName, activation: isBoolean };

const ofUseCase = name
  .optional()
  .describe("The use case of the decision. Absent: the decisions of this id in every use case.");

export const observation = fitted(
  z.strictObject({
    values: values.describe("What was observed, by the names of the blueprint's observations."),
    observationId: id
      .optional()
      .describe(
        "Names the observation: under one decision id it counts once, however often it is sent. Absent: a new one.",
      ),
    optionId: id
      .optional()
      .describe("The option that was observed. Absent: all options of the decision that were shown."),
    activation: z
      .boolean()
      .optional()
      .describe("True: the decision was shown. One that was asked for as deferred counts from this time on."),
    useCase: ofUseCase,
    time: time.optional(),
    source: source.optional(),
  }),
  hasFields({ values: areValues }, optional),
);

export const activation = fitted(
  z.strictObject({ useCase: ofUseCase, time: time.optional(), source: source.optional() }),
  hasFields({}, when),
);
export const storedActivation = z.object({ stored: z.literal(true) });

export const decisionParameters = z.object({ id: id.describe("The decision's id.") });

export const storedObservation = z.object({ stored: z.literal(true), observationId: z.string() });

export const observations = fitted(
  z.strictObject({
    observations: bulkOf(observation.extend({ decisionId: id.describe("The decision that was observed.") })),
  }),
  hasFields({ observations: isBulkOf(hasFields({ values: areValues, decisionId: isName }, optional)) }),
);
export const observationResults = z.object({
  results: z.array(
    z.union([
      z.object({ status: z.literal(200), observationId: z.string() }),
      z.object({ status: z.int(), observationId: z.string(), problem }),
    ]),
  ),
});

export type Activation = z.infer<typeof activation>;
export type Observation = z.infer<typeof observation>;
