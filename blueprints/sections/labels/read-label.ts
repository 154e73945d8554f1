import { isScalar } from "yaml";
import type { LabelAggregate, LabelConfig, Objective, ObservationType } from "../../blueprint.ts";
import { BOUNDS, DEFAULTS } from "../../defaults.ts";
import { formatDuration } from "../../duration.ts";
import { formulaTypes } from "../../formula/formula-types.ts";
import type { Formula } from "../../formula/index.ts";
import { rangeText, type KeySaid, type KeysSaid } from "../../key-reference.ts";
import { labelAggregates } from "../../labels/aggregates/index.ts";
import { aggregateOf, writtenAggregate } from "../../labels/aggregates/written.ts";
import type { LearnerKind } from "../../learners/learner-kind.ts";
import { lostNumber } from "../../lost-number.ts";
import { doubtLabel } from "../../read/doubts.ts";
import { readFormula } from "../../yaml/formula.ts";
import type { Names, Partly } from "../../yaml/partly.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { readChoice, readDuration, readNumber, readOrNone } from "../../yaml/scalars.ts";
import { optional, required, type Section } from "../../yaml/section.ts";
import { quantileOf } from "../../objective.ts";
import { objectivesText, readObjective } from "../training/objective.ts";

const { aggregate, waitMs } = DEFAULTS.label;
const KEYS = {
  when: ["formula: boolean", "every observation counts"],
  value: ["formula: boolean, or number", "required"],
  aggregate: ["", aggregate],
  wait: ["duration", formatDuration(waitMs), rangeText("wait", formatDuration)],
  default: ["number, or `none`", "none", rangeText("labelDefault")],
  objective: [objectivesText, "`model.objective`"],
} satisfies Record<string, KeySaid>;

/** As they are written. */
const choices = (): readonly string[] => labelAggregates.all().map(({ name, parameter }) => parameter?.example ?? name);

/** The keys of a label beside its name, in `label` and in `labels`. */
export const labelKeys = (): KeysSaid => ({
  ...KEYS,
  aggregate: [`one of ${choices().join(", ")}`, aggregate],
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

function readAggregate(place: Place): LabelAggregate | undefined {
  const text = isScalar(place.node) ? String(place.node.value) : "";
  const written = writtenAggregate(text);
  if (written === undefined) {
    const percent = /^(?:p|perc(?:entile)?_?)(\d{1,2}(?:\.\d+)?)$/i.exec(text)?.[1];
    if (percent === undefined) return readChoice(place, choices() as readonly LabelAggregate[]);
    return complain(
      place,
      `expected ${choices().join(" | ")}, found "${text}"`,
      `write quantile(${Number(percent) / 100})`,
    );
  }
  const { kind, parameter } = written;
  const { name, parameter: wanted } = kind;
  if (wanted === undefined) {
    if (parameter === undefined) return name as LabelAggregate;
    return complain(place, `${name} has nothing in parentheses, found "${text}"`, `write ${name} alone`);
  }
  const { what, min, max, example } = wanted;
  const lost = lostNumber(parameter ?? "");
  if (lost !== undefined) return complain(place, lost.what, lost.hint);
  const number = Number(parameter);
  if (parameter !== undefined && parameter !== "" && number >= min && number <= max) {
    return `${name}(${number})` as LabelAggregate;
  }
  const expected = `${name} needs ${what} from ${min} to ${max} in parentheses`;
  const percent = number > max && max === 1 && number <= 100 ? `${name}(${number / 100})` : example;
  return complain(place, `${expected}, found "${text}"`, `write ${percent}`);
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
