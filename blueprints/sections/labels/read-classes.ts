import { isScalar } from "yaml";
import type { LabelConfig } from "../../blueprint.ts";
import { BOUNDS, DEFAULTS } from "../../defaults.ts";
import type { Formula } from "../../formula/index.ts";
import { possibleValues } from "../../formula/possible-values.ts";
import { someNumber, someText, someTruth } from "../../formula/possible.ts";
import { doubtLabel } from "../../read/doubts.ts";
import { readFormula, type FormulaNames } from "../../yaml/formula.ts";
import type { Partly } from "../../yaml/partly.ts";
import { complain, found, type Place } from "../../yaml/place.ts";
import { checkName, readDuration } from "../../yaml/scalars.ts";
import { complainTwice, optional, readItems, required, type Section } from "../../yaml/section.ts";
import { canLearn } from "../training/objective.ts";
import type { LabelKnown, ReadLabel } from "./label-known.ts";
import { readAggregate } from "./read-aggregate.ts";

/** Aggregates that give one of the values as it is. */
const AGGREGATES: readonly string[] = ["latest", "earliest"];

/**
 * A label whose value is one of several classes. Each class becomes a label of its own, 1 where the value is that class: `labelsOfClasses`
 * makes them. `default` is then that of the first class, and the one that the file names is in `oneOf.is`.
 */
export function readClasses(
  section: Section,
  known: LabelKnown,
  { names, when }: { readonly names: FormulaNames; readonly when: Formula | null | undefined },
): ReadLabel {
  const { observations, kinds } = known;
  const classes = required(section, "classes", readNames);
  const value = required(section, "value", (place) => readFormula(place, names, ["string"]));
  const aggregate = optional(section, "aggregate", DEFAULTS.label.aggregate, (place) => {
    const read = readAggregate(place);
    if (read === undefined || AGGREGATES.includes(read)) return read;
    return complain(place, `${read} makes no class of several classes`, `use ${AGGREGATES.join(" or ")}`);
  });
  const waitMs = optional(section, "wait", DEFAULTS.label.waitMs, (place) => readDuration(place, BOUNDS.wait));
  const fallback = optional<string | null>(section, "default", null, (place) => readClass(place, classes));
  const objective = section.fields.get("objective");
  if (objective !== undefined)
    complain(objective, "a label of classes has no objective of its own", "take it away: the classes say it");
  if (known.learner !== undefined) canLearn(section.fields.get("classes")!, "multiclass", known.learner);
  if (value !== undefined && classes !== undefined) checkTexts(section, value, classes, known);
  doubtLabel(section, { when, value, aggregate, observations: observations.known, kinds });
  return {
    when: when === null ? null : when?.text,
    value: value?.text,
    aggregate,
    waitMs,
    default: fallback === undefined ? undefined : null,
    objective: objective === undefined ? "binary" : undefined,
    oneOf: classes && { label: "", is: fallback ?? "", classes },
  };
}

/** The label of each class. */
export function labelsOfClasses(name: string, label: ReadLabel): readonly Partly<LabelConfig>[] {
  const { oneOf } = label;
  if (oneOf === undefined) return [{ name: "oneOf" in label ? undefined : name, ...label }];
  const { classes, is: fallback } = oneOf;
  return classes.map((each) => ({
    ...label,
    name: `${name}_${each}`,
    default: label.default === null && fallback !== "" ? Number(each === fallback) : label.default,
    oneOf: { label: name, is: each, classes },
  }));
}

function readNames(place: Place): readonly string[] | undefined {
  const { min, max } = BOUNDS.classes;
  const items = readItems(place, "a list of names");
  if (items === undefined) return undefined;
  if (items.length < min || items.length > max)
    return complain(
      place,
      `expected ${min} to ${max} classes, found ${items.length}`,
      items.length < min ? 'a condition is a label of two: value: status == "late"' : null,
    );
  const seen = new Map<string, Place>();
  const read = items.map((item): string | undefined => {
    const name = isScalar(item.node) ? item.node.value : null;
    if (typeof name !== "string") return complain(item, `expected the name of a class, found ${found(item)}`);
    const first = seen.get(name);
    if (first !== undefined) return complainTwice(item, `"${name}" is there twice`, first);
    seen.set(name, item);
    return checkName(item, name) ? name : undefined;
  });
  return read.some((name) => name === undefined) ? undefined : (read as string[]);
}

function readClass(place: Place, classes: readonly string[] | undefined): string | null | undefined {
  const text = isScalar(place.node) ? place.node.value : null;
  if (text === "none") return null;
  if (typeof text === "string" && (classes === undefined || classes.includes(text))) return text;
  const guess = typeof text === "string" && classes !== undefined ? place.source.guess(text, classes) : null;
  const wanted = classes === undefined ? "one of the classes" : `one of ${classes.join(", ")}`;
  return complain(
    place,
    `expected ${wanted}, or none, found ${found(place)}`,
    guess === null ? null : `did you mean "${guess}"?`,
  );
}

/** All texts that the formula itself gives are classes, and every class may come. */
function checkTexts(
  { fields }: Section,
  value: Formula,
  classes: readonly string[],
  { observations }: LabelKnown,
): void {
  const ranges = Object.fromEntries(
    Object.entries(observations.known).map(([name, type]) => [
      name,
      type === "number" ? someNumber() : type === "boolean" ? someTruth() : someText(),
    ]),
  );
  const { texts } = possibleValues(value.root, ranges);
  if (typeof texts === "string") return;
  const at = fields.get("value")!;
  const other = [...texts].find((text) => !classes.includes(text));
  if (other !== undefined) {
    const guess = at.source.guess(other, classes);
    complain(
      at,
      `"${other}" is none of the classes: ${classes.join(", ")}`,
      guess === null ? "add it to classes" : `did you mean "${guess}"?`,
    );
  }
  const never = classes.find((each) => !texts.has(each));
  if (never !== undefined)
    complain(fields.get("classes")!, `the value is never "${never}"`, "take the class away, or let the value have it");
}
