import { isMap, isScalar } from "yaml";
import type { LabelConfig } from "../../blueprint.ts";
import { BOUNDS } from "../../defaults.ts";
import { labelColumns, maturityColumn } from "../../labels/label-columns.ts";
import { canonicalLabel, describeLabel } from "../../labels/label-parts.ts";
import { learnerKinds, learnerWith } from "../../learners/index.ts";
import { whole, type Partly } from "../../yaml/partly.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { checkName, readText } from "../../yaml/scalars.ts";
import { optional, readEntries, readSection, required } from "../../yaml/section.ts";
import type { BlueprintSection, Reading } from "../blueprint-section.ts";
import { contextSection } from "../context.ts";
import { eventsSection } from "../events.ts";
import type { DeclaredFeatures } from "../../features/declared-features.ts";
import { featuresSection } from "../features.ts";
import { modelSection } from "../training/model.ts";
import { observationsSection } from "../observations.ts";
import { labelsOfClasses } from "./read-classes.ts";
import type { LabelKnown } from "./label-known.ts";
import { labelKeys, readLabel } from "./read-label.ts";

export interface ReadLabels {
  /** In the order of the file. */
  readonly labels: readonly Partly<LabelConfig>[];
  /** The first one of the file; `undefined`: it could not be read. */
  readonly first: Partly<LabelConfig> | undefined;
  /** False: some name is not known. */
  readonly complete: boolean;
}

const nothing: ReadLabels = Object.freeze({ labels: [], first: undefined, complete: false });

/** Also reads `label`, which means the same with one label. */
export const labelsSection: BlueprintSection<"labels", ReadLabels> = {
  name: "labels",
  said: ["names and labels, each a section", "`label`", `1 to ${BOUNDS.labels}`],
  keys: () => Object.fromEntries(Object.entries(labelKeys()).map(([key, said]) => [`NAME.${key}`, said])),
  read(blueprint, of) {
    const known = knownOf(of);
    const several = blueprint?.fields.get("labels");
    if (several === undefined) {
      if (blueprint?.doubtful.has("labels") === true) return nothing;
      const label = required(
        blueprint,
        "label",
        (place) => readOne(place, known),
        "wanted: a section, or several under labels",
      );
      if (label === undefined) return nothing;
      const labels = withClasses(blueprint!.fields.get("label")!, [label], known);
      return { labels, first: labels[0], complete: labels.every(({ name }) => name !== undefined) };
    }
    if (blueprint!.fields.has("label")) {
      complain(several, "label and labels are both there", "put the label among the labels, under its name");
    }
    return optional(blueprint, "labels", nothing, (place) => readSeveral(place, known)) ?? nothing;
  },
  whole({ labels, complete }) {
    const wholes = labels.map((label) => whole(label));
    return complete && labels.length > 0 && !wholes.includes(undefined) ? (wholes as LabelConfig[]) : undefined;
  },
  *describe(labels, blueprint) {
    if (labels.length === 1) return;
    for (const label of labels) yield* describeLabel(`labels.${label.name}`, label, blueprint);
  },
  canonical: (labels, blueprint) =>
    labels.length === 1 ? undefined : labels.map((label) => canonicalLabel(label, blueprint)),
};

interface Known extends LabelKnown {
  readonly features: DeclaredFeatures["features"];
}

function knownOf(of: Reading): Known {
  const events = of(eventsSection);
  const model = of(modelSection);
  return {
    observations: of(observationsSection),
    kinds: events.complete ? Object.keys(events.known) : undefined,
    ofDecision: [...Object.keys(of(contextSection).known), ...of(featuresSection).features.map(({ name }) => name)],
    features: of(featuresSection).features,
    objective: model?.objective,
    learner: model?.learner === undefined ? undefined : learnerWith(learnerKinds.get(model.learner), model),
  };
}

function readOne(place: Place, known: Known): Partly<LabelConfig> | undefined {
  const keys = ["name", ...Object.keys(labelKeys())];
  if (isMap(place.node) && place.node.items.length > 0) {
    const areLabels = place.node.items.every(({ key, value }) => isMap(value) && !keys.includes(String(key)));
    if (areLabels) return complain(place, "expected one label, found names and labels", "write labels: for several");
  }
  const section = readSection(place, keys);
  const name = required(section, "name", (place) => {
    const name = readText(place, "the label's name", 200);
    return name !== undefined && checkName(place, name) && isFree(place, name, known) ? name : undefined;
  });
  return { name, ...readLabel(section, known) };
}

function readSeveral(place: Place, known: Known): ReadLabels | undefined {
  const hint = "write each label under its name: late: { value: … }";
  const entries = readEntries(place, "a section of names and labels", hint);
  if (entries === undefined) return undefined;
  const isOne = entries.some(({ name, value }) => (name === "name" || name === "value") && isScalar(value.node));
  if (isOne) return complain(place, "expected names and labels, found one label", hint);
  if (entries.length === 0) return complain(place, "at least one label is needed", hint);
  if (entries.length > BOUNDS.labels) {
    return complain(place, `at most ${BOUNDS.labels} labels, found ${entries.length}`);
  }
  const labels: Partly<LabelConfig>[] = [];
  let complete = true;
  for (const { name, key, value, again } of entries) {
    if (again) {
      complete = false;
      continue;
    }
    const label = readLabel(readSection(value, Object.keys(labelKeys()), undefined, valueHint(value)), known);
    if (checkName(key, name) && isFree(key, name, known) && hasFreeColumns(key, name, known)) {
      labels.push({ name, ...label });
    } else {
      place.source.broken.add(name);
      complete = false;
    }
  }
  const isFirst = entries[0]!.name === labels[0]?.name;
  const all = withClasses(place, labels, known);
  if (!hasFreeMaturities(place, all, known) || all.some(({ name }) => name === undefined)) complete = false;
  return { labels: all, first: isFirst ? all[0] : undefined, complete };
}

/** With a label for each class of those that have classes. */
function withClasses(place: Place, read: readonly Partly<LabelConfig>[], known: Known): readonly Partly<LabelConfig>[] {
  const all = read.flatMap(({ name, ...label }) =>
    name === undefined ? [{ name, ...label }] : labelsOfClasses(name, label),
  );
  if (all.length > BOUNDS.labels && read.length < all.length)
    complain(place, `at most ${BOUNDS.labels} labels and classes, found ${all.length}`);
  const names = all.map(({ name }) => name);
  for (const [at, { name, oneOf }] of all.entries()) {
    if (name === undefined || oneOf === undefined) continue;
    const other = names.indexOf(name);
    if (other < at || names.lastIndexOf(name) > at)
      complain(place, `"${name}" is the class ${oneOf.is} of ${oneOf.label}, and another label`, "choose another name");
    else if (!isFree(place, name, known) || !hasFreeColumns(place, name, known))
      return all.map((label) => ({ ...label, name: undefined }));
  }
  return all;
}

/** Of a label that is its value alone. */
function valueHint({ node }: Place): string | null {
  const text = isScalar(node) && typeof node.value === "string" ? node.value : "";
  return text === "" ? null : `write { value: ${JSON.stringify(text.slice(0, 80))} }`;
}

function isFree(place: Place, name: string, { features }: Known): boolean {
  if (!features.some((feature) => feature.name === name)) return true;
  complain(place, `"${name}" is a feature already`, "choose another name");
  return false;
}

/** Labels with different waits have a column each that says which are mature. */
function hasFreeMaturities(place: Place, labels: readonly Partly<LabelConfig>[], { features }: Known): boolean {
  if (new Set(labels.map(({ waitMs }) => waitMs)).size === 1) return true;
  const columns = labels.map(({ name }) => maturityColumn(name ?? ""));
  const taken = features.find(({ name }) => columns.includes(name));
  if (taken === undefined) return true;
  const problem = `"${taken.name}" is a feature already, and a column of labels with different waits`;
  complain(place, problem, "choose another name, or the same wait for all labels");
  return false;
}

/** A feature may have had such a name before there were several labels. */
function hasFreeColumns(place: Place, name: string, { features }: Known): boolean {
  const { value, time } = labelColumns([{ name }, { name: "" }])[0]!;
  const taken = features.find((feature) => feature.name === value || feature.name === time);
  if (taken === undefined) return true;
  complain(place, `"${taken.name}" is a feature already, and a column of this label`, "choose another name");
  return false;
}
