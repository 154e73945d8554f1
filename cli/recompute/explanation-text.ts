import { learntRows } from "../../catalogue/index.ts";
import type { ExplainedFeature, Explanation, EventPlace, FeatureSource } from "../../recompute/index.ts";
import type { Origin } from "../../streams/index.ts";
import { shownTime, table } from "../text/output.ts";
import { differenceLine } from "./difference-line.ts";

/** Actions that a line names. */
const MOST_DRAWN = 10;

/** An explanation for people. */
export function explanationText(explanation: Explanation): string {
  const {
    logged,
    records,
    request,
    later,
    model,
    features,
    predictions,
    parameters,
    options,
    policy,
    seed,
    differences,
  } = explanation;
  const { decision, origin } = logged;
  const time = decision.decisionTime;
  return [
    `decision  ${decision.decisionId} of ${decision.useCase} for ${decision.unit}, at ${iso(time)}`,
    `record    ${place(origin)}${records > 1 ? `, one of ${records} with this id (--at and --use-case explain another)` : ""}`,
    `request   ${request === null ? "gone" : place(request)}`,
    `version   ${decision.blueprintVersion}${later.versions > 0 ? `; ${later.versions} went live since` : ""}`,
    `model     ${modelText(explanation)}${later.models > 0 ? `; ${later.models} were trained since` : ""}`,
    ...(seed === null ? [] : [`seed      ${seed.logged}`]),
    "",
    table(
      ["feature", "logged", "recomputed", "from", "newest event", "at", "oldest event"],
      features.map((feature) => [
        feature.name,
        value(feature.logged),
        value(feature.recomputed),
        ...sourceCells(feature),
      ]),
    ),
    "",
    ...predictions.map(
      ({ name, logged: was, recomputed }) => `prediction ${name}: ${value(was)}, recomputed ${value(recomputed)}`,
    ),
    ...(model === null && predictions.length === 0 && decision.modelId === null
      ? ["no prediction: there was no model"]
      : []),
    ...parameters.map(
      ({ name, logged: was, recomputed }) => `parameter ${name}: ${value(was)}, recomputed ${value(recomputed)}`,
    ),
    ...optionLines(options),
    ...policy.flatMap(({ formula, steps }) =>
      steps.map(
        ({ text, value: step, reason }) =>
          `policy ${formula}: ${text} = ${String(step)}${reason === undefined ? "" : ` (${reason})`}`,
      ),
    ),
    `decided   ${String(decision.value)} (${decision.reason}, ${decision.mode}), propensity ${String(decision.propensity)}`,
    ...drawnLines(decision),
    "",
    explanation.sourcesBefore
      ? "every event a feature was counted from lies before the decision"
      : "NOT every event a feature was counted from is known to lie before the decision",
    explanation.equal ? "re-derived, equal" : `${differences.length} differences:`,
    ...differences.map((difference) => `  ${differenceLine(difference)}`),
  ].join("\n");
}

/** Of a decision that was drawn: the probability of each action, the most likely first. */
function drawnLines({ actions, distribution, scores }: Explanation["logged"]["decision"]): readonly string[] {
  if (scores.length === 0 || distribution.length === 0) return [];
  const likely = actions
    .map((action, at) => ({ action, probability: distribution[at]!, score: scores[at]! }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, MOST_DRAWN);
  const lines = likely.map(
    ({ action, probability, score }) => `${String(action)} ${value(probability)} (${value(score)})`,
  );
  const more = actions.length - likely.length;
  return [`drawn from ${lines.join(", ")}${more > 0 ? ` and ${more} more` : ""}: probability, and score`];
}

/** Their features and predictions as logged; differences are told below. */
function optionLines(options: Explanation["options"]): readonly string[] {
  const [first] = options;
  if (first === undefined) return [];
  const predicted = [...new Set(options.flatMap(({ predictions }) => predictions.map(({ name }) => name)))];
  return [
    "",
    table(
      ["shown", "option", "score", ...predicted, ...first.features.map(({ name }) => name)],
      options.map(({ optionId, position, score, sampled, features, predictions }) => [
        position === null ? `no, 1 of ${Number((1 / sampled).toFixed(1))}` : String(position),
        optionId,
        value(score),
        ...predicted.map((name) => value(predictions.find((each) => each.name === name)?.logged ?? null)),
        ...features.map(({ logged }) => value(logged)),
      ]),
    ),
    "",
    `the score of ${first.optionId}:`,
  ];
}

function modelText({ logged, model }: Explanation): string {
  const { modelId } = logged.decision;
  if (modelId === null) return "none in production";
  if (model === null) return `${modelId}, of which there is no record`;
  const { until } = model.provenance;
  const rows = learntRows(model.provenance);
  return `${modelId}, trained until ${iso(until)} on ${rows} rows, sha256 ${model.artifact.sha256.slice(0, 16)}…`;
}

function sourceCells({ name, source }: ExplainedFeature): readonly string[] {
  if (source.kind === "context")
    return [source.entry === name ? "context" : `${source.entry} of the context`, "", "", ""];
  if (source.kind === "features") return [source.names.join(", "), "", "", ""];
  if (source.kind === "table") return [...rowCells(source), "", ""];
  const { event, key, window, count, newest, oldest } = source;
  if (key === null) return [`${event}, no key`, "", "", ""];
  const from = `${count} ${event} of ${key} in ${window}`;
  return newest === null ? [from, "", "", ""] : [from, iso(newest.time), place(newest.origin), oldestText(oldest!)];
}

function rowCells({
  table: name,
  field,
  key,
  validFrom,
}: FeatureSource & { readonly kind: "table" }): readonly string[] {
  if (key === null) return [`${field} of ${name}, no key`, ""];
  if (validFrom === null) return [`${field} of ${name} ${key}, no row`, ""];
  return [`${field} of ${name} ${key}`, `valid from ${iso(validFrom)}`];
}

const oldestText = ({ time }: EventPlace): string => iso(time);
const place = ({ topic, partition, offset }: Origin): string => `${topic}/${partition}@${offset}`;
const iso = shownTime;
const value = (of: number | string | null): string => (of === null ? "–" : String(of));
