import {
  EPISODE_KEY,
  featureType,
  isOverOptions,
  kindOfFeature,
  labelColumns,
  maturityColumns,
  rewardText,
  type BlueprintContent,
  type Feature,
  type LabelConfig,
} from "../blueprints/index.ts";
import { nullable, useCaseNamespace, type AvroField, type AvroRecord } from "./avro-field.ts";

const NAME = "TrainingRow";
/** The rows of every use case had this full name before each had its own. Readers find them by it. */
const FORMER_NAME = `loopstream.rows.${NAME}`;

/**
 * The Avro namespace of a use case's rows, and so their full name: each use case has its own, and every version of one
 * the same.
 */
export const rowsNamespace = (useCase: string): string => useCaseNamespace("rows", useCase);

const TIMESTAMP = { type: "long", logicalType: "timestamp-millis" } as const;

/** The columns that every row has, whatever its blueprint, in front of the features. */
const LEADING: readonly AvroField[] = [
  { name: "decisionId", type: "string", doc: "Names the decision; a corrected row has the same one." },
  { name: "unit", type: "string", doc: "What the decision was about: a user, a device, a flight." },
  { name: "blueprintVersion", type: "string", doc: "The version of the blueprint that decided." },
  nullable("modelId", ["string"], "The model that predicted; null before there was one."),
  { name: "mode", type: "string", doc: "loggingOnly, apprentice or online." },
  { name: "reason", type: "string", doc: "noModel, holdout, control, explore, exploit or error." },
  { name: "decisionTime", type: TIMESTAMP, doc: "Event time of the decision; ms since 1970, UTC." },
  {
    name: "rowTime",
    type: TIMESTAMP,
    doc: "Event time of this row: decision time + the label's wait, or the time of the observation that corrected it.",
  },
  { name: "maturity", type: "string", doc: "provisional, mature or corrected; the last row of a decision counts." },
  nullable("value", ["boolean", "double", "string"], "The decision; null when the product's default applied."),
  nullable("propensity", ["double"], "The probability with which this decision was taken."),
];

/** The columns after them of a version that decides over options. */
const OF_OPTION: readonly AvroField[] = [
  nullable("optionId", ["string"], "The option that was chosen or shown; a row of a ranking is one of its options."),
  nullable("optionPosition", ["double"], "The place at which it was shown, from 1, as observed or else as decided."),
  nullable("optionScore", ["double"], "What the policy ordered by; null without a model."),
];

/** Docs of leading columns where the labels have different waits. */
const WITH_WAITS: Readonly<Record<string, string>> = {
  rowTime:
    "Event time of this row: decision time + the wait of a label, or the time of the observation that corrected it.",
  maturity: "partial while labels wait, provisional, mature or corrected; the last row of a decision counts.",
};

/**
 * The Avro schema of `training-rows.<useCase>`. Feature columns are nullable, so that versions may add and remove them.
 * All versions of a use case have one name, which no other use case has (docs/decisions/046).
 */
export function rowSchema(
  blueprint: Pick<BlueprintContent, "useCase" | "features" | "labels" | "reward" | "policy" | "episodes"> & {
    readonly version: string;
  },
): AvroRecord {
  const [first, ...others] = blueprint.labels;
  const maturities = maturityColumns(blueprint);
  return {
    type: "record",
    namespace: rowsNamespace(blueprint.useCase),
    name: NAME,
    aliases: [FORMER_NAME],
    doc: `One decision of ${blueprint.useCase} with its features as logged and its ${others.length === 0 ? "label" : "labels"}; blueprint ${blueprint.version}.`,
    fields: [
      ...(maturities.length === 0
        ? LEADING
        : LEADING.map((field) => ({ ...field, doc: WITH_WAITS[field.name] ?? field.doc }))),
      ...(isOverOptions(blueprint) ? OF_OPTION : []),
      ...blueprint.features.map((feature) =>
        nullable(feature.name, [columnType(feature)], kindOfFeature(feature).columnDoc(feature)),
      ),
      ...(others.length === 0 ? [{ name: "label", type: "double", doc: labelDoc(first!) }] : severalLabels(blueprint)),
      ...labelColumns(blueprint.labels).flatMap(({ prediction, time }) => [
        nullable(
          prediction,
          ["double"],
          "What the model said of the label when it decided; null before there was one.",
        ),
        nullable(time, [TIMESTAMP], "Event time of the observation that decided the label; null for a default."),
      ]),
      ...(blueprint.reward === null
        ? []
        : [nullable("reward", ["double"], `${rewardText(blueprint.reward)}; null where that is missing.`)]),
      ...(blueprint.episodes === null || blueprint.episodes.by === "unit"
        ? []
        : [
            nullable(
              EPISODE_KEY,
              ["string"],
              `${blueprint.episodes.by}: what decisions of one episode have in common.`,
            ),
          ]),
      ...maturities.map((name) =>
        nullable(name, ["string"], "waiting until the wait of the label is over, then mature."),
      ),
    ],
  };
}

const labelDoc = ({ name, aggregate, value, when }: LabelConfig): string =>
  `${name}: ${aggregate} of ${value}${when === null ? "" : ` where ${when}`}.`;

/**
 * Later versions with one label read these rows too, and their label column has no default. Without that column the
 * registry would refuse them.
 */
function severalLabels({ labels }: Pick<BlueprintContent, "labels">): readonly AvroField[] {
  const columns = labelColumns(labels);
  const doc = `The same as ${columns[0]!.value}, and NaN where that is null: for readers that know one label.`;
  return [
    { name: "label", type: "double", doc },
    ...columns.map(({ value }, at) => nullable(value, ["double"], `${labelDoc(labels[at]!)} Null without one.`)),
  ];
}

/** The names of a row's columns in order. */
export function rowColumns(blueprint: Parameters<typeof rowSchema>[0]): readonly string[] {
  return rowSchema(blueprint).fields.map((field) => field.name);
}

/** A boolean is 1 or 0. */
const columnType = (feature: Feature): "double" | "string" =>
  featureType(feature) === "category" ? "string" : "double";
