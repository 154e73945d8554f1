import { isMap, isScalar } from "yaml";
import type { LearnerName, ModelConfig } from "../../blueprint.ts";
import { DEFAULTS } from "../../defaults.ts";
import { learnerKinds, learnerWith, objectiveOf, parametersOf, seedParameter } from "../../learners/index.ts";
import type { LearnerKind } from "../../learners/learner-kind.ts";
import { saidParameters } from "../../learners/said-parameters.ts";
import type { Parameter } from "../../learners/parameter.ts";
import { whole, type Partly } from "../../yaml/partly.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { optional, readSection } from "../../yaml/section.ts";
import { readChoice } from "../../yaml/scalars.ts";
import type { BlueprintSection, Reading } from "../blueprint-section.ts";
import { featuresSection } from "../features.ts";
import { objectivesText, readObjective } from "./objective.ts";

export const modelSection: BlueprintSection<"model", Partly<ModelConfig> | undefined> = {
  name: "model",
  said: ["section", "all its defaults"],
  keys: () => ({
    objective: [objectivesText, DEFAULTS.objective],
    learner: [
      learnerNames()
        .map((name) => `\`${name}\``)
        .join(" or "),
      DEFAULTS.learner,
    ],
    ...saidParameters(learnerKinds.all()),
    seed: seedParameter.said,
  }),
  read: (blueprint, of) =>
    optional(blueprint, "model", defaultModel(learnerKinds.get(DEFAULTS.learner)), (place) => readModel(place, of)),
  whole,
  *describe(model) {
    for (const [name, value] of Object.entries(model)) yield* told(`model.${name}`, value);
  },
  canonical(model) {
    const values: Readonly<Record<string, unknown>> = { ...model };
    const unsaid = Object.entries(parametersOf(learnerKinds.get(model.learner))).flatMap(
      ([name, { later, fallback }]) => (later === true && values[name] === fallback ? [[name, undefined]] : []),
    );
    return { ...values, ...Object.fromEntries(unsaid) };
  },
};

/** A mapping is told by its names. */
function* told(path: string, value: unknown): Iterable<readonly [path: string, value: unknown]> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return yield [path, value];
  for (const [name, each] of Object.entries(value)) yield [`${path}.${name}`, each];
}

const learnerNames = (): readonly LearnerName[] => learnerKinds.names() as readonly LearnerName[];

function defaultModel(kind: LearnerKind): ModelConfig {
  const parameters = Object.entries(parametersOf(kind)).map(([name, { fallback }]) => [name, fallback] as const);
  const model = {
    objective: objectiveOf(kind),
    learner: kind.name,
    ...Object.fromEntries(parameters),
    seed: seedParameter.fallback,
  };
  return model as ModelConfig;
}

function readModel(place: Place, of: Reading): Partly<ModelConfig> {
  const kind = kindOf(place);
  const parameters = kind === undefined ? unambiguous() : parametersOf(kind);
  const section = readSection(place, ["objective", "learner", ...Object.keys(parameters), "seed"], elsewhere);
  const learner = optional(section, "learner", DEFAULTS.learner, (at) => readChoice(at, learnerNames()));
  const valueOf = (name: string, parameter: Parameter): unknown =>
    optional(section, name, parameter.fallback, (at) => parameter.read(at, of(featuresSection)));
  const own = Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [name, valueOf(name, parameter)]),
  );
  const clash = kind?.clash?.(own);
  if (clash !== undefined) complain(section?.fields.get(clash.parameter) ?? place, clash.what, clash.hint);
  const able = kind && learnerWith(kind, own);
  const model = {
    objective: optional(section, "objective", objectiveOf(able), (at) => readObjective(at, able)),
    learner,
    ...own,
    seed: valueOf("seed", seedParameter),
  };
  return model as Partly<ModelConfig>;
}

/** The learner that the section names, before its other keys are read; `undefined`: it is not known which. */
function kindOf({ source, node }: Place): LearnerKind | undefined {
  const entries = (isMap(node) ? node.items : []).map(({ key, value }) => ({ key: source.resolve(key), value }));
  const named = entries.filter(({ key }) => isScalar(key) && key.value === "learner");
  if (named.length === 0) {
    const several = learnerKinds.all().length > 1;
    const isNear = ({ key }: { readonly key: unknown }): boolean =>
      isScalar(key) && source.guess(String(key.value), ["learner"]) !== null;
    return several && entries.some(isNear) ? undefined : learnerKinds.get(DEFAULTS.learner);
  }
  const value = named.length === 1 ? source.resolve(named[0]!.value) : null;
  return learnerKinds.all().find(({ name }) => isScalar(value) && value.value === name);
}

/** For a key that the learner does not take. */
function elsewhere(name: string): string | null {
  const others = learnerKinds.all().filter((kind) => Object.hasOwn(parametersOf(kind), name));
  return others.length === 0 ? null : `a parameter of learner ${others.map((kind) => kind.name).join(" and ")}`;
}

/** Parameters that only one learner has: they can be judged even if the learner is not known. */
function unambiguous(): Readonly<Record<string, Parameter>> {
  const all = learnerKinds.all().flatMap((kind) => Object.entries(parametersOf(kind)));
  return Object.fromEntries(all.filter(([name]) => all.filter(([other]) => other === name).length === 1));
}
