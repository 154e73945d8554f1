import type { LabelAggregate, LabelConfig, Objective, ObservationType } from "../blueprint.ts";
import { BOUNDS, DEFAULTS, OBJECTIVES } from "../defaults.ts";
import { formatDuration } from "../duration.ts";
import { formulaTypes } from "../formula/formula-types.ts";
import type { Formula } from "../formula/index.ts";
import { rangeText, type KeySaid, type KeysSaid } from "../key-reference.ts";
import { labelAggregates } from "../labels/aggregates/index.ts";
import type { LearnerKind } from "../learners/learner-kind.ts";
import { doubtLabel } from "../read/doubts.ts";
import { readFormula } from "../yaml/formula.ts";
import type { Names, Partly } from "../yaml/partly.ts";
import { complain } from "../yaml/place.ts";
import { readChoice, readDuration, readNumber, readOrNone } from "../yaml/scalars.ts";
import { optional, required, type Section } from "../yaml/section.ts";
import { readObjective } from "./model.ts";

const { aggregate, waitMs } = DEFAULTS.label;
const KEYS = {
  when: ["formula: boolean", "every observation counts"],
  value: ["formula: boolean, or number", "required"],
  aggregate: ["", aggregate],
  wait: ["duration", formatDuration(waitMs), rangeText("wait", formatDuration)],
  default: ["number, or `none`", "none", rangeText("labelDefault")],
  objective: [OBJECTIVES.map((each) => `\`${each}\``).join(" or "), "`model.objective`"],
} satisfies Record<string, KeySaid>;

/** The keys of a label beside its name, in `label` and in `labels`. */
export const labelKeys = (): KeysSaid => ({
  ...KEYS,
  aggregate: [`one of ${labelAggregates.names().join(", ")}`, aggregate],
});

/** The parts that labels are checked against. */
export interface LabelKnown {
  readonly observations: Names<ObservationType>;
  /** The kinds that are declared; `undefined`: they could not all be read. */
  readonly kinds: readonly string[] | undefined;
  /** Names of the decision's context and features. */
  readonly ofDecision: Iterable<string>;
  /** The objective of labels that have none of their own; `undefined`: it could not be read. */
  readonly objective: Objective | undefined;
  /** The learner of the labels; `undefined`: it could not be read. */
  readonly learner: LearnerKind | undefined;
}

/** Everything of a label but its name. */
export function readLabel(section: Section | undefined, known: LabelKnown): Partly<Omit<LabelConfig, "name">> {
  const { observations, kinds } = known;
  const { complete } = observations;
  const hint = "a label is of what observations say: declare it under observations if they say it";
  const unusable = new Map(
    [...known.ofDecision].map((name) => [name, { reason: `"${name}" is of the decision`, hint }]),
  );
  const names = { known: formulaTypes(observations.known), complete, texts: kinds ?? [], unusable };
  const when = optional<Formula | null>(section, "when", null, (place) => readFormula(place, names, ["boolean"]));
  const value = required(section, "value", (place) => readFormula(place, names, ["number", "boolean"]));
  const aggregate = optional(section, "aggregate", DEFAULTS.label.aggregate, (place) =>
    readChoice(place, labelAggregates.names() as readonly LabelAggregate[]),
  );
  const waitMs = optional(section, "wait", DEFAULTS.label.waitMs, (place) => readDuration(place, BOUNDS.wait));
  const fallback = optional<number | null>(section, "default", DEFAULTS.label.default, (place) =>
    readOrNone(place, (place) => readNumber(place, BOUNDS.labelDefault)),
  );
  const objective = optional(section, "objective", known.objective, (place) => readObjective(place, known.learner));
  if (section !== undefined && objective === "binary") checkBinary(section, value, aggregate, fallback);
  if (section !== undefined) doubtLabel(section, { when, value, aggregate, observations: observations.known, kinds });
  return {
    when: when === null ? null : when?.text,
    value: value?.text,
    aggregate,
    waitMs,
    default: fallback,
    objective,
  };
}

function checkBinary(
  { place, fields }: Section,
  value: Formula | undefined,
  aggregate: LabelAggregate | undefined,
  fallback: number | null | undefined,
): void {
  const binary = aggregate === undefined ? undefined : labelAggregates.get(aggregate).binary;
  if (binary === "never") {
    const fitting = labelAggregates.all().flatMap((each) => (each.binary === "never" ? [] : [each.name]));
    complain(
      fields.get("aggregate") ?? place,
      `${aggregate} makes a label that is not 0 or 1, which objective binary needs`,
      `use ${fitting.join(", ")}, or objective: regression`,
    );
  } else if (binary === "ofBinary" && value?.type === "number") {
    complain(
      fields.get("value") ?? place,
      `"${value.text}" is a number, objective binary needs a condition`,
      "compare it with something, take aggregate: any, or objective: regression",
    );
  }
  if (fallback !== undefined && fallback !== null && fallback !== 0 && fallback !== 1) {
    complain(
      fields.get("default") ?? place,
      `expected none, 0 or 1 with objective binary, found ${fallback}`,
      "or take objective: regression",
    );
  }
}
