import { BOUNDS } from "../defaults.ts";
import { parseBlueprint } from "../read/parse-blueprint.ts";
import { DomainError } from "../../schemas/index.ts";
import { UNIT } from "../windows/unit.ts";
import { isName } from "../yaml/scalars.ts";
import { eventSources, type EventSource } from "./windows/event-sources.ts";
import { FreeNames } from "./free-names.ts";
import { keysAfter } from "./keys-after.ts";
import { headLines, labelLines, minRowsFor, ttlFor } from "./label/label-lines.ts";
import { planLabel, type LabelPlan } from "./label/label-plan.ts";
import { labelFacts, lastKind } from "./label/label-values.ts";
import { planContext, type ContextPlan } from "./plan-context.ts";
import { planDecision } from "./plan-decision.ts";
import { planWindows, type WindowPlan } from "./windows/plan-windows.ts";
import type { Sample } from "./profile/sample.ts";
import type { SuggestGiven } from "./suggest-given.ts";
import type { LeftOut, SuggestedFeature, Suggestion } from "./suggestion.ts";
import { suggestionText } from "./suggestion-text.ts";
import { many } from "./words.ts";

const DAY = 86_400_000;

export interface SuggestedBlueprint {
  /** The YAML, with comments. */
  readonly text: string;
  readonly suggestion: Suggestion;
}

/**
 * A first blueprint from statistics of files: valid as it is, each part with its reason. Throws `BAD_USAGE` if the label
 * can't be read or no observation has one.
 */
export function suggestBlueprint(given: SuggestGiven): SuggestedBlueprint {
  const { useCase, decisions, observations, events, sample, columns } = given;
  if (!/^[a-z0-9-]+$/.test(useCase) || useCase.length > BOUNDS.useCaseLength)
    throw badUsage(`--use-case ${useCase}: write 1 to ${BOUNDS.useCaseLength} small letters, digits and -`);
  const { plan, whenWhy } = plannedLabel(given);
  const facts = labelFacts(sample, plan);
  if (facts === undefined)
    throw badUsage(
      `--label ${given.label}: no observation of the ${given.from === "topics" ? "newest" : "first"} ${many(sample.decisions.length)} ` +
        "decisions has a value for it. Do observations have the ids of their decisions, and do they come after them?",
    );
  const names = new FreeNames([
    ...decisions.columns.keys(),
    ...observations.columns.keys(),
    ...(events?.columns.keys() ?? []),
  ]);
  const labelName = nameOfLabel(given, names);
  const context = planContext({
    ...{ decisions, events, sample, facts, names },
    without: new Set([columns.decisionId, columns.decisionTime, ...some(columns.action), ...some(columns.propensity)]),
    units: columns.unit?.split("+") ?? [],
    labelColumns: Object.keys(plan.columns),
  });
  const sources = sourcesFor(given, plan, context);
  const windows = planWindows({
    ...{ sample, labels: facts.labels, names },
    ...windowKeys(given, context),
    sources: sources.sources,
  });
  const keys = keysAfter(context, windows, decisions, names);
  const time = timeFeatures(sample, names);
  const features = [...context.features, ...keys.features, ...time, ...windows.features];
  if (keys.entries.length === 0 || features.length === 0)
    throw badUsage(`no column of the decisions can be used:\n${leftOutLines(context.leftOut)}`);
  const kinds = kindsSaid(sources.sources, windows, plan);
  const decision = planDecision(given, labelName, plan, facts);
  const suggestion: Suggestion = {
    useCase,
    head: headLines(given, facts),
    decisionSpace: decision.space,
    context: keys.entries,
    observations: observationsSaid(plan, kinds),
    events: kinds,
    features,
    label: labelLines(labelName, plan, facts, whenWhy, given),
    isBinary: plan.isBinary,
    decide: decision.decide,
    ttl: ttlFor(facts),
    minRows: minRowsFor(given, facts),
    leftOut: [...context.leftOut, ...keys.leftOut, ...sources.leftOut, ...windows.leftOut],
  };
  const text = suggestionText(suggestion);
  // A fault here is one of this program: the files can't be mended for it.
  parseBlueprint(text, "the suggested blueprint");
  return { text, suggestion };
}

const badUsage = (message: string): DomainError => new DomainError("BAD_USAGE", message);
const some = (name: string | undefined): readonly string[] => (name === undefined ? [] : [name]);
const leftOutLines = (leftOut: readonly LeftOut[]): string =>
  leftOut.map(({ what, why }) => `- ${what} ${why}`).join("\n");

/** The label, of the kind that comes last where the person names none. */
function plannedLabel({ label, observations, sample, columns }: SuggestGiven): {
  readonly plan: LabelPlan;
  readonly whenWhy: string;
} {
  const plan = planLabel(label, observations, [columns.decisionId, columns.observationTime]);
  if (plan.when !== null || plan.aggregate === "any" || plan.value.includes("kind")) return { plan, whenWhy: "" };
  const kind = lastKind(sample, plan);
  if (kind === null) return { plan, whenWhy: "" };
  const whenWhy = "of the kinds that say it, this one is the last of most decisions";
  return { plan: { ...plan, when: `kind == ${JSON.stringify(kind)}` }, whenWhy };
}

function nameOfLabel({ label }: SuggestGiven, names: FreeNames): string {
  const bare = label.trim();
  return names.take(isName(bare) ? `is_${bare}` : "outcome");
}

function sourcesFor(
  { observations, events, columns }: SuggestGiven,
  plan: LabelPlan,
  { entries }: ContextPlan,
): ReturnType<typeof eventSources> {
  const { decisionId, decisionTime, observationTime, eventTime } = columns;
  const read = Object.entries(plan.columns).filter(([, type]) => type !== "number");
  return eventSources({
    ...{ observations, events },
    without: new Set([decisionId, decisionTime, observationTime, ...some(eventTime), ...some(columns.action)]),
    taken: new Set([...entries.map(({ name }) => name), ...read.map(([name]) => name)]),
  });
}

/** Names that windows may be kept by: keys, categories, and the unit where units come again. */
function windowKeys({ sample, columns }: SuggestGiven, { entries }: ContextPlan): { readonly keys: readonly string[] } {
  const keys = entries.filter(({ type }) => type === "key" || type === "category").map(({ name }) => name);
  const units = new Set(sample.decisions.map(({ unit }) => unit));
  const comesAgain = columns.unit !== undefined && units.size < 0.7 * sample.decisions.length;
  const isOneOfThem = keys.includes(UNIT) || keys.includes(columns.unit ?? "");
  return { keys: comesAgain && !isOneOfThem ? [...keys, UNIT] : keys };
}

/** Parts of the decision's own time, as far as the sample shows several of them. */
function timeFeatures({ decisions }: Sample, names: FreeNames): readonly SuggestedFeature[] {
  const [first, last] = [decisions[0]!.time, decisions.at(-1)!.time];
  const hours = new Set(decisions.map(({ time }) => Math.floor(time / 3_600_000) % 24));
  const features: SuggestedFeature[] = [];
  const add = (base: string, part: string, why: string): void => {
    const name = names.take(base);
    features.push({ name, item: `${name}: { calendar: ${part} }`, why });
  };
  if (last - first >= 2 * DAY && hours.size > 1)
    add("decision_hour", "hour", "of the decision's time, in UTC; zone: names another time zone");
  if (last - first >= 14 * DAY) add("decision_day_of_week", "dayOfWeek", "of the decision's time; 1 is Monday");
  return features;
}

/** Kinds that windows or the label name. */
function kindsSaid(
  sources: readonly EventSource[],
  { fields }: WindowPlan,
  { when, value, columns }: LabelPlan,
): Suggestion["events"] {
  const label = `${when ?? ""} ${value}`;
  return sources.flatMap(({ kind, fields: all, why }) => {
    const inWindows = fields.get(kind);
    const isLabel = label.includes(JSON.stringify(kind)) || label.includes(`'${kind}'`);
    if (inWindows === undefined && !isLabel) return [];
    return [{ kind, fields: all.filter((name) => inWindows?.has(name) === true || Object.hasOwn(columns, name)), why }];
  });
}

/** Columns of the label that no kind of event declares. */
function observationsSaid({ columns }: LabelPlan, kinds: Suggestion["events"]): Suggestion["observations"] {
  const fields = new Set(kinds.flatMap(({ fields }) => fields));
  return Object.fromEntries(Object.entries(columns).filter(([name]) => !fields.has(name)));
}
