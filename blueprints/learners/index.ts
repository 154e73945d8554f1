import type { LearnerName, ModelConfig, Objective } from "../blueprint.ts";
import { DomainError } from "../../schemas/index.ts";
import { DEFAULTS, OBJECTIVES } from "../defaults.ts";
import { objectiveKind, unsaidObjective } from "../objective.ts";
import { Registry } from "../registry.ts";
import type { LearnerKind } from "./learner-kind.ts";
import { numberParameter, type Parameter } from "./parameter.ts";
import { auto } from "./auto.ts";
import { constant } from "./constant.ts";
import { linear } from "./linear.ts";
import { mlp } from "./mlp.ts";
import { xgboost } from "./xgboost.ts";

// Whoever reads the package's declarations finds by these the parameters that each learner adds.
export type { AutoParameters } from "./auto.ts";
export type { ConstantParameters } from "./constant.ts";
export type { Direction, Directions } from "./monotone.ts";
export type { LinearParameters } from "./linear.ts";
export type { MlpParameters } from "./mlp.ts";
export type { XgboostParameters } from "./xgboost.ts";

/** In the order of the reference. */
export const learnerKinds = new Registry<LearnerKind>("learner", [xgboost, linear, mlp, constant, auto]);

/** Of every learner: the same rows and seed make the same model. */
export const seedParameter = numberParameter({ min: 0, max: 2 ** 31 - 1 }, 0, "whole");

/** Keys of the section `model` that no parameter may have. */
const TAKEN: readonly string[] = ["objective", "learner", "seed"];

/**
 * Adds a learner that `model.learner` may name. Every process that reads blueprints with it registers it before the
 * first one is read, under the same name and with the same meaning. Throws if the name is taken, an objective is not
 * known, or a parameter refuses its own default.
 */
export function registerLearnerKind(kind: LearnerKind): void {
  const { name, objectives } = kind;
  if (objectives.length === 0)
    throw new DomainError("BAD_PART", `learner ${name}: it learns no objective; give it at least one`);
  const unknown = objectives.find((objective) => !OBJECTIVES.includes(objective));
  if (unknown !== undefined) {
    throw new DomainError(
      "BAD_PART",
      `learner ${name}: there is no objective "${unknown}" (known: ${OBJECTIVES.join(", ")})`,
    );
  }
  for (const [parameter, { fallback, refusal }] of Object.entries(parametersOf(kind))) {
    if (TAKEN.includes(parameter))
      throw new DomainError("BAD_PART", `learner ${name}: model.${parameter} is every learner's already`);
    const wanted = refusal(fallback);
    if (wanted === undefined) continue;
    throw new DomainError(
      "BAD_PART",
      `learner ${name}: ${parameter} is ${String(fallback)} by default; it must be ${wanted}`,
    );
  }
  learnerKinds.add(kind);
}

/** By name, in the order of the reference; without the seed. */
export const parametersOf = (kind: LearnerKind): Readonly<Record<string, Parameter>> => kind.parameters;

/** A learner as it is with these parameters. */
export const learnerWith = (kind: LearnerKind, parameters: Readonly<Record<string, unknown>>): LearnerKind => ({
  ...kind,
  ...kind.limits?.(parameters),
});

/**
 * The objective of a label that names none.
 *
 * @param kind `undefined`: it is not known which learner is meant
 * @returns `undefined` if that depends on the learner
 */
export function objectiveOf(kind: LearnerKind): Objective;
export function objectiveOf(kind: LearnerKind | undefined): Objective | undefined;
export function objectiveOf(kind: LearnerKind | undefined): Objective | undefined {
  const { objective } = DEFAULTS;
  const named = objectiveKind(objective);
  if (kind !== undefined) {
    const other = kind.objectives.find((each) => each !== "multiclass");
    return kind.objectives.includes(named) || other === undefined ? objective : unsaidObjective(other);
  }
  return learnerKinds.all().every(({ objectives }) => objectives.includes(named)) ? objective : undefined;
}

/**
 * Checks a fit's parameters: they must be ones that a blueprint could have.
 *
 * @throws DomainError `BAD_PARAMETER` that names the key of the parameter, and its bounds
 */
export function checkModel<L extends LearnerName>(model: ModelConfig<L>): void {
  const kind: LearnerKind = learnerKinds.get(model.learner);
  const parameters = { ...parametersOf(kind), seed: seedParameter };
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = (model as Readonly<Record<string, unknown>>)[name];
    const wanted = parameter.refusal(value);
    if (wanted === undefined) continue;
    throw new DomainError(
      "BAD_PARAMETER",
      `model.${name} is ${textOf(value)}; for learner ${model.learner} it must be ${wanted}`,
    );
  }
  const clash = kind.clash?.(model);
  if (clash === undefined) return;
  throw new DomainError("BAD_PARAMETER", `model.${clash.parameter}: ${clash.what}: ${clash.hint}`);
}

const textOf = (value: unknown): string =>
  Object.prototype.toString.call(value) === "[object Object]" ? JSON.stringify(value) : String(value);
