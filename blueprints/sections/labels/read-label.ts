import type { LabelAggregate, Objective } from "../../blueprint.ts";
import { BOUNDS, DEFAULTS } from "../../defaults.ts";
import { formatDuration } from "../../duration.ts";
import { formulaTypes } from "../../formula/formula-types.ts";
import type { Formula } from "../../formula/index.ts";
import { rangeText, type KeySaid, type KeysSaid } from "../../key-reference.ts";
import { labelAggregates } from "../../labels/aggregates/index.ts";
import { aggregateOf } from "../../labels/aggregates/written.ts";
import { doubtLabel } from "../../read/doubts.ts";
import { readFormula } from "../../yaml/formula.ts";
import { complain } from "../../yaml/place.ts";
import { readDuration, readNumber, readOrNone } from "../../yaml/scalars.ts";
import { optional, required, type Section } from "../../yaml/section.ts";
import { quantileOf } from "../../objective.ts";
import type { LabelKnown, ReadLabel } from "./label-known.ts";
import { aggregateChoices, readAggregate } from "./read-aggregate.ts";
import { readClasses } from "./read-classes.ts";
import { objectivesText, readObjective } from "../training/objective.ts";

const { aggregate, waitMs } = DEFAULTS.label;
const KEYS = {
  when: ["formula: boolean", "every observation counts"],
  value: ["formula: boolean, number, or with `classes` a text", "required"],
  classes: [
    "list of names",
    "the value is a boolean or a number",
    `${BOUNDS.classes.min} to ${BOUNDS.classes.max} names`,
  ],
  aggregate: ["", aggregate],
  wait: ["duration", formatDuration(waitMs), rangeText("wait", formatDuration)],
  default: ["number, or `none`; with `classes` one of them, or `none`", "none", rangeText("labelDefault")],
  objective: [objectivesText, "`model.objective`"],
} satisfies Record<string, KeySaid>;

/** The keys of a label beside its name, in `label` and in `labels`. */
export const labelKeys = (): KeysSaid => ({
  ...KEYS,
  aggregate: [`one of ${aggregateChoices().join(", ")}`, aggregate],
});

/** Everything of a label but its name. */
export function readLabel(section: Section | undefined, known: LabelKnown): ReadLabel {
  const { observations, kinds } = known;
  const { complete } = observations;
  const hint = "a label is of what observations say: declare it under observations if they say it";
  const unusable = new Map(
    [...known.ofDecision].map((name) => [name, { reason: `"${name}" is of the decision`, hint }]),
  );
  const names = { known: formulaTypes(observations.known), complete, texts: kinds ?? [], unusable };
  const when = optional<Formula | null>(section, "when", null, (place) => readFormula(place, names, ["boolean"]));
  if (section?.fields.has("classes") === true) return readClasses(section, known, { names, when });
  const value = required(section, "value", (place) => readFormula(place, names, ["number", "boolean"]));
  const aggregate = optional(section, "aggregate", DEFAULTS.label.aggregate, (place) => readAggregate(place));
  const waitMs = optional(section, "wait", DEFAULTS.label.waitMs, (place) => readDuration(place, BOUNDS.wait));
  const fallback = optional<number | null>(section, "default", DEFAULTS.label.default, (place) =>
    readOrNone(place, (place) => readNumber(place, BOUNDS.labelDefault)),
  );
  const objective = optional(section, "objective", known.objective, (place) => readObjective(place, known.learner));
  if (section !== undefined && objective === "binary") checkBinary(section, value, aggregate, fallback);
  if (section !== undefined && objective !== undefined && quantileOf(objective) !== undefined)
    checkQuantile(section, objective, value, aggregate);
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
  const binary = aggregate === undefined ? undefined : aggregateOf(aggregate).binary;
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

/** A quantile of labels that are all 0 or 1 is 0 or 1: it says nothing of how often. */
function checkQuantile(
  { place, fields }: Section,
  objective: Objective,
  value: Formula | undefined,
  aggregate: LabelAggregate | undefined,
): void {
  if (value === undefined || aggregate === undefined) return;
  const { binary } = aggregateOf(aggregate);
  if (binary !== "always" && !(binary === "ofBinary" && value.type === "boolean")) return;
  complain(
    fields.get("objective") ?? place,
    `the label is 0 or 1, and objective ${objective} needs numbers`,
    "take objective: binary, or a number for its value",
  );
}
