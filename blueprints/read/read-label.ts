import type { Feature, LabelConfig, Objective, ObservationType } from "../blueprint.ts";
import { BOUNDS, DEFAULTS, LABEL_AGGREGATES } from "../defaults.ts";
import { formulaTypes } from "../formula-types.ts";
import { complain, type Place } from "./place.ts";
import { readFormula } from "./formulas.ts";
import { optional, readSection, required } from "./section.ts";
import { checkName, readChoice, readDuration, readNumber, readOrNone, readText } from "./values.ts";

const FIELDS = ["name", "when", "value", "aggregate", "wait", "default"];

/** Aggregates that keep a 0/1 value 0 or 1. */
const KEEP_BINARY: ReadonlySet<string> = new Set(["earliest", "latest", "min", "max", "any"]);

export function readLabel(
  place: Place,
  observations: Readonly<Record<string, ObservationType>>,
  features: readonly Feature[],
  objective: Objective,
): LabelConfig | undefined {
  const section = readSection(place, FIELDS);
  const names = formulaTypes(observations);
  const name = required(section, "name", (place) => readLabelName(place, features));
  const when = optional(section, "when", null, (place) => readFormula(place, names, ["boolean"]) ?? null);
  const value = required(section, "value", (place) => readFormula(place, names, ["number", "boolean"]));
  const aggregate = optional(section, "aggregate", DEFAULTS.label.aggregate, (place) =>
    readChoice(place, LABEL_AGGREGATES),
  );
  const waitMs = optional(section, "wait", DEFAULTS.label.waitMs, (place) => readDuration(place, BOUNDS.wait));
  const fallback = optional<number | null>(section, "default", DEFAULTS.label.default, (place) =>
    readOrNone(place, (place) => readNumber(place, BOUNDS.labelDefault)),
  );
  if (section === undefined || name === undefined || value === undefined) return undefined;
  if (objective === "binary") {
    const given = section.fields.get("aggregate") ?? place;
    if (!KEEP_BINARY.has(aggregate)) {
      complain(
        given,
        `${aggregate} makes a label that is not 0 or 1, which objective binary needs`,
        `use ${[...KEEP_BINARY].join(", ")}, or objective: regression`,
      );
    } else if (value.type !== "boolean" && aggregate !== "any") {
      complain(
        section.fields.get("value") ?? place,
        `"${value.text}" is a number, objective binary needs a condition`,
        "compare it with something, take aggregate: any, or objective: regression",
      );
    }
    if (fallback !== null && fallback !== 0 && fallback !== 1) {
      complain(
        section.fields.get("default") ?? place,
        `expected none, 0 or 1 with objective binary, found ${fallback}`,
      );
    }
  }
  return { name, when: when?.text ?? null, value: value.text, aggregate, waitMs, default: fallback };
}

function readLabelName(place: Place, features: readonly Feature[]): string | undefined {
  const name = readText(place, "the label's name", 200);
  if (name === undefined || !checkName(place, name)) return undefined;
  if (features.some((feature) => feature.name === name)) {
    return complain(place, `"${name}" is a feature already`, "choose another name");
  }
  return name;
}
