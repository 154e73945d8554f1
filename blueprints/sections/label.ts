import type { LabelAggregate, LabelConfig, Objective, ObservationType } from "../blueprint.ts";
import { BOUNDS, DEFAULTS } from "../defaults.ts";
import { formatDuration } from "../duration.ts";
import { formulaTypes } from "../formula/formula-types.ts";
import { canonicalFormula, type Formula } from "../formula/index.ts";
import { rangeText, type KeySaid } from "../key-reference.ts";
import { labelAggregates } from "../labels/aggregates/index.ts";
import { doubtLabel } from "../read/doubts.ts";
import { readFormula } from "../yaml/formula.ts";
import { whole, type Names, type Partly } from "../yaml/partly.ts";
import { complain, type Place } from "../yaml/place.ts";
import { optional, readSection, required, type Section } from "../yaml/section.ts";
import { checkName, readChoice, readDuration, readNumber, readOrNone, readText } from "../yaml/scalars.ts";
import type { BlueprintSection } from "./blueprint-section.ts";
import { eventsSection } from "./events.ts";
import { featuresSection, type ReadFeatures } from "./features.ts";
import { modelSection } from "./model.ts";
import { observationsSection } from "./observations.ts";

const { aggregate, waitMs } = DEFAULTS.label;
const KEYS = {
  name: ["a name", "required"],
  when: ["formula: boolean", "every observation counts"],
  value: ["formula: boolean, or number", "required"],
  aggregate: ["", aggregate],
  wait: ["duration", formatDuration(waitMs), rangeText("wait", formatDuration)],
  default: ["number, or `none`", "none", rangeText("labelDefault")],
} satisfies Record<string, KeySaid>;

export const labelSection: BlueprintSection<"label", Partly<LabelConfig> | undefined> = {
  name: "label",
  said: ["section", "required"],
  keys: () => ({ ...KEYS, aggregate: [`one of ${labelAggregates.names().join(", ")}`, aggregate] }),
  read(blueprint, of) {
    const observations = of(observationsSection);
    const events = of(eventsSection);
    const features = of(featuresSection);
    const objective = of(modelSection)?.objective;
    const kinds = events.complete ? Object.keys(events.known) : undefined;
    return required(blueprint, "label", (place) => readLabel(place, { observations, kinds, features, objective }));
  },
  whole,
  describe: (label) => [
    ["label.name", label.name],
    ["label.when", label.when],
    ["label.value", label.value],
    ["label.aggregate", label.aggregate],
    ["label.wait", formatDuration(label.waitMs)],
    ["label.default", label.default],
  ],
  canonical: (label) => ({
    ...label,
    when: label.when === null ? null : canonicalFormula(label.when),
    value: canonicalFormula(label.value),
  }),
};

interface LabelKnown {
  readonly observations: Names<ObservationType>;
  /** The kinds that are declared; `undefined`: they could not all be read. */
  readonly kinds: readonly string[] | undefined;
  readonly features: ReadFeatures;
  /** `undefined`: it could not be read. */
  readonly objective: Objective | undefined;
}

function readLabel(place: Place, known: LabelKnown): Partly<LabelConfig> {
  const section = readSection(place, Object.keys(KEYS));
  const { observations, kinds, features, objective } = known;
  const { complete } = observations;
  const names = { known: formulaTypes(observations.known), complete, texts: kinds ?? [] };
  const name = required(section, "name", (place) => readLabelName(place, features));
  const when = optional<Formula | null>(section, "when", null, (place) => readFormula(place, names, ["boolean"]));
  const value = required(section, "value", (place) => readFormula(place, names, ["number", "boolean"]));
  const aggregate = optional(section, "aggregate", DEFAULTS.label.aggregate, (place) =>
    readChoice(place, labelAggregates.names() as readonly LabelAggregate[]),
  );
  const waitMs = optional(section, "wait", DEFAULTS.label.waitMs, (place) => readDuration(place, BOUNDS.wait));
  const fallback = optional<number | null>(section, "default", DEFAULTS.label.default, (place) =>
    readOrNone(place, (place) => readNumber(place, BOUNDS.labelDefault)),
  );
  if (section !== undefined && objective === "binary") checkBinary(section, value, aggregate, fallback);
  if (section !== undefined) doubtLabel(section, { when, value, aggregate, observations: observations.known, kinds });
  return {
    name,
    when: when === null ? null : when?.text,
    value: value?.text,
    aggregate,
    waitMs,
    default: fallback,
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
    complain(fields.get("default") ?? place, `expected none, 0 or 1 with objective binary, found ${fallback}`);
  }
}

function readLabelName(place: Place, { features }: ReadFeatures): string | undefined {
  const name = readText(place, "the label's name", 200);
  if (name === undefined || !checkName(place, name)) return undefined;
  if (features.some((feature) => feature.name === name)) {
    return complain(place, `"${name}" is a feature already`, "choose another name");
  }
  return name;
}
