import { DEFAULTS } from "../../defaults.ts";
import { formatDuration } from "../../duration.ts";
import type { LabelPlan } from "./label-plan.ts";
import { shareOfTrue, type LabelFacts } from "./label-values.ts";
import { roundedUp } from "../windows/spans.ts";
import type { SuggestGiven } from "../suggest-given.ts";
import type { Suggestion } from "../suggestion.ts";
import { yamlText } from "../suggestion-text.ts";
import { many, percent } from "../words.ts";

/** The lines above the blueprint. */
export function headLines(
  { useCase, label, files, sample, decisions, from: source = "files" }: SuggestGiven,
  { labels, observed }: LabelFacts,
): string[] {
  const some = sample.decisions.length;
  const [from, to] = [sample.decisions[0]!.time, sample.decisions.at(-1)!.time].map((time) =>
    new Date(time).toISOString().slice(0, 10),
  );
  const [all, part] = source === "files" ? ["lines", "first"] : ["records", "newest"];
  const count =
    some < decisions.lines ? `the ${part} ${many(some, decisions.lines)} decisions` : `${many(some)} decisions`;
  return [
    `A first blueprint for ${useCase}, suggested by loopstream from ${files.join(", ")}. Read it, and change what you know better.`,
    `Label: ${label}. Types are those of all ${all}. Windows, waits and leaks are judged by ${count}, ${from} to ${to}:`,
    `${many(observed.filter(Boolean).length)} have an observation that counts, ${many(labels.filter((label) => label !== null).length)} a label.`,
    "Behind a window is its rank correlation with the label in this sample, without its sign, and how much of it is new beside the windows above.",
  ];
}

export function labelLines(
  name: string,
  { value, when, aggregate, isBinary }: LabelPlan,
  facts: LabelFacts,
  whenWhy: string,
  { decisions: { lines } }: SuggestGiven,
): Suggestion["label"] {
  const { labels, observed, mature, waitMs, medianMs, longestMs } = facts;
  const known = labels.filter((label) => label !== null);
  const yes = shareOfTrue(known);
  const ripe = mature.filter(Boolean).length;
  const lacking = observed.filter((has, at) => mature[at] === true && !has).length / Math.max(1, ripe);
  const fallback =
    facts.default === 0
      ? `no observation means no: ${percent(lacking)} of the decisions have none, and nearly all observations say yes`
      : `${percent(lacking)} of the decisions have no observation that counts: they make no row`;
  const delays = `99 % of the observations come in time, half within ${shownMs(medianMs)}, the last after ${shownMs(longestMs)}`;
  return [
    ["name", name, ""],
    ...(when === null ? [] : [["when", yamlText(when), whenWhy] as const]),
    [
      "value",
      yamlText(value),
      isBinary ? `true for ${percent(yes)} of the labels` : `a number, of ${many(lines)} decisions`,
    ],
    ...(aggregate === "latest" ? [] : [["aggregate", aggregate, "one such observation is enough"] as const]),
    ["wait", formatDuration(waitMs), delays],
    ["default", facts.default === null ? "none" : String(facts.default), fallback],
  ];
}

/** In the largest unit that it has one of: 3.9 h. */
function shownMs(ms: number): string {
  const [size, name] = UNITS.find(([size]) => ms >= size) ?? [1_000, "s"];
  return `${Number((ms / size).toFixed(1))} ${name}`;
}

const UNITS = [
  [86_400_000, "days"],
  [3_600_000, "h"],
  [60_000, "min"],
] as const;

/** Long enough for observations that come later than the wait. */
export function ttlFor({ longestMs, waitMs }: LabelFacts): Suggestion["ttl"] {
  const ttlMs = roundedUp(longestMs);
  if (ttlMs <= Math.max(DEFAULTS.join.ttlMs, waitMs)) return null;
  return { text: formatDuration(ttlMs), why: "until then a late observation corrects the row" };
}

export function minRowsFor({ decisions }: SuggestGiven, { labels }: LabelFacts): Suggestion["minRows"] {
  const share = labels.filter((label) => label !== null).length / Math.max(1, labels.length);
  const rows = Math.floor((share * decisions.lines) / 2);
  if (rows >= DEFAULTS.training.minRows) return null;
  return { rows: Math.max(50, rows), why: `there are few rows: ${DEFAULTS.training.minRows} is what is usual` };
}
