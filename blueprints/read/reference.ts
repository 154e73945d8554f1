import type { KEYS } from "../defaults.ts";
import { BOUNDS, CONTEXT_TYPES, DEFAULTS, METRICS, OBJECTIVES, OBSERVATION_TYPES, type Range } from "../defaults.ts";
import { formatDuration } from "../duration.ts";
import { labelAggregates } from "../labels/aggregates/index.ts";

/** What there is to know of one key: as docs/blueprint.md says it. */
export interface KeyReference {
  /** As in `label.wait`; NAME and KIND stand for names that the file chooses. */
  readonly path: string;
  readonly type: string;
  /** What an absent key means; `required`. */
  readonly unsaid: string;
  /** Empty: none. */
  readonly bounds: string;
}

type Bound = keyof typeof BOUNDS;
type Said = readonly [type: string, unsaid: string, bounds?: string];
type Paths<Prefix extends string, Key extends string> = `${Prefix}${Key}`;
type Path =
  | Paths<"", (typeof KEYS.blueprint)[number]>
  | Paths<"decisionSpace.", (typeof KEYS.decisionSpace)[number]>
  | Paths<"events.KIND.", (typeof KEYS.event)[number]>
  | Paths<"features.NAME.", (typeof KEYS.window)[number]>
  | Paths<"label.", (typeof KEYS.label)[number]>
  | Paths<"model.", (typeof KEYS.model)[number]>
  | Paths<"policy.", (typeof KEYS.policy)[number]>
  | Paths<"join.", (typeof KEYS.join)[number]>
  | Paths<"training.", (typeof KEYS.training)[number]>
  | Paths<"retention.", (typeof KEYS.retention)[number]>;

const { label, model, training, retention, join } = DEFAULTS;
const range = (of: Bound, show: (value: number) => string = String): string => {
  const { min, max } = BOUNDS[of] as Range;
  return `${show(min)} to ${show(max)}`;
};
const most = (of: Bound, what: string): string => `at most ${String(BOUNDS[of])} ${what}`;
const percent = (share: number): string => `${Number((share * 100).toPrecision(12))}%`;
const number = (value: number): string => String(value);
const metrics = OBJECTIVES.map((objective) => `${DEFAULTS.metric[objective]} for ${objective}`).join(", ");
const field: Said = ["a field of the event", "one of the four is required"];

const SAID: Readonly<Record<Path, Said>> = {
  useCase: ["a name", "required", `${most("useCaseLength", "small letters, digits and -")}`],
  description: ["text", "empty", most("descriptionLength", "characters")],
  decisionSpace: ["`boolean`, `number` or a section", "required"],
  "decisionSpace.actions": [
    "list of texts",
    "required in a section",
    `1 to ${BOUNDS.actions}, each ${most("actionLength", "characters")}`,
  ],
  context: [`names and types: ${CONTEXT_TYPES.join(", ")}`, "required", most("contextEntries", "entries")],
  observations: [
    `names and types: ${OBSERVATION_TYPES.join(", ")}`,
    "`kind` and the fields of the events",
    most("contextEntries", "entries"),
  ],
  events: ["kinds, each a section", "none", most("events", "kinds")],
  "events.KIND.fields": ["list of names, all numbers", "none", most("fieldsOfAnEvent", "fields")],
  features: ["list of context entries and windows", "required", `1 to ${BOUNDS.features}`],
  "features.NAME.count": ["`true`", field[1]],
  "features.NAME.sum": field,
  "features.NAME.mean": field,
  "features.NAME.last": field,
  "features.NAME.of": ["a kind of `events`", "required"],
  "features.NAME.by": [
    "a key or category of `context`, or a list of them",
    "required",
    `${range("windowKeys")} of them`,
  ],
  "features.NAME.in": ["duration", "required", range("window", formatDuration)],
  "features.NAME.open": ["`true` or `false`", String(DEFAULTS.open)],
  label: ["section", "required"],
  "label.name": ["a name", "required"],
  "label.when": ["formula: boolean", "every observation counts"],
  "label.value": ["formula: boolean, or number", "required"],
  "label.aggregate": [`one of ${labelAggregates.names().join(", ")}`, label.aggregate],
  "label.wait": ["duration", formatDuration(label.waitMs), range("wait", formatDuration)],
  "label.default": ["number, or `none`", "none", range("labelDefault", number)],
  model: ["section", "all its defaults"],
  "model.objective": [OBJECTIVES.map((each) => `\`${each}\``).join(" or "), model.objective],
  "model.learner": ["`xgboost`", model.learner],
  "model.depth": ["whole number", number(model.depth), range("depth")],
  "model.rounds": ["whole number", number(model.rounds), range("rounds")],
  "model.learningRate": ["number", number(model.learningRate), range("learningRate")],
  "model.minChildWeight": ["number", number(model.minChildWeight), range("minChildWeight")],
  "model.subsample": ["number", number(model.subsample), range("subsample")],
  "model.l2": ["number", number(model.l2), range("l2")],
  "model.maxBins": ["whole number", number(model.maxBins), range("maxBins")],
  "model.seed": ["whole number", number(model.seed), range("seed")],
  policy: ["section", "required"],
  "policy.formulas": ["names and formulas", "none", most("formulas", "formulas")],
  "policy.decide": ["formula: of the decision space", "required"],
  join: ["section", "all its defaults"],
  "join.ttl": [
    "duration",
    `${formatDuration(join.ttlMs)}, or \`label.wait\` where that is longer`,
    `${range("ttl", formatDuration)}, at least \`label.wait\``,
  ],
  training: ["section", "all its defaults"],
  "training.schedule": ["cron line in UTC, or `none`", training.schedule],
  "training.freshRows": ["percentage, or `none`", percent(training.freshRows), range("freshRows", percent)],
  "training.minRows": ["whole number", number(training.minRows), range("minRows")],
  "training.holdout": ["percentage", percent(training.holdout), range("holdout", percent)],
  "training.metric": [OBJECTIVES.map((each) => `${METRICS[each].join(", ")} for ${each}`).join("; "), metrics],
  retention: ["section", "all its defaults"],
  "retention.rows": [
    "duration",
    retention.rowsMs === null ? "for ever" : formatDuration(retention.rowsMs),
    range("retention", formatDuration),
  ],
  "retention.decisions": ["duration", "for ever", `${range("retention", formatDuration)}, at least \`join.ttl\``],
  "retention.answers": ["duration", "`join.ttl`", `${range("retention", formatDuration)}, at least \`join.ttl\``],
  "retention.repeats": [
    "duration",
    `${retention.repeatsPerAnswers} times \`retention.answers\``,
    `${range("retention", formatDuration)}, at least \`retention.answers\``,
  ],
};

/** Every key of a blueprint, in the order of the reference. */
export const blueprintReference: readonly KeyReference[] = Object.entries(SAID).map(
  ([path, [type, unsaid, bounds = ""]]) => ({
    path,
    type,
    unsaid,
    bounds,
  }),
);
