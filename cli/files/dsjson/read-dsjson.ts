import { readTimeCell, type TimeReading } from "../../../loop/index.ts";
import { keepDigits, mayLoseDigits } from "../text/json-digits.ts";
import { repeatedNameIn } from "../text/json-names.ts";
import { readLines, withoutReturn } from "../text/read-lines.ts";
import { flatFeatures, type FlatFeatures } from "./flat-features.ts";
import { loggedLabel, type LoggedLabel } from "./logged-label.ts";

/** A line of dsjson that can be used. */
export interface LoggedLine extends LoggedLabel {
  readonly line: number;
  readonly text: string;
  readonly decisionId: string;
  readonly time: string;
  readonly unit: string | null;
  /** Of the decision. */
  readonly shared: FlatFeatures;
  readonly options: readonly { readonly id: string; readonly features: FlatFeatures }[];
}

export interface UnusableLine {
  readonly line: number;
  readonly text: string;
  readonly problem: string;
}

/** A decision that was never shown, of which nothing is learnt. */
export interface SkippedLine {
  readonly line: number;
  readonly skipped: true;
}

/**
 * The lines of a file as Vowpal Wabbit reads it with `--dsjson`. Blank lines are left out.
 * @param times how times are read that name no zone
 */
export async function* readDsjson(
  path: string,
  gzip: boolean,
  times: TimeReading,
): AsyncGenerator<LoggedLine | UnusableLine | SkippedLine, void> {
  let line = 0;
  for await (const lines of readLines(path, gzip)) {
    for (const ended of lines) {
      line += 1;
      const text = withoutReturn(ended);
      if (text.trim() === "") continue;
      const read = readLine(text, times);
      if ("skipped" in read) yield { line, skipped: true };
      else if ("problem" in read) yield { line, text, problem: read.problem };
      else yield { line, text, ...read };
    }
  }
}

type Read = Omit<LoggedLine, "line" | "text">;
type Parsed = Readonly<Record<string, unknown>>;

function readLine(text: string, times: TimeReading): Read | { readonly problem: string } | { readonly skipped: true } {
  let parsed: unknown;
  let exact: unknown;
  try {
    parsed = JSON.parse(text);
    exact = mayLoseDigits(text) ? JSON.parse(text, keepDigits) : parsed;
  } catch (error) {
    return { problem: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (!isObject(parsed) || !isObject(exact)) return { problem: "expected a JSON object" };
  const repeated = repeatedNameIn(text);
  if (repeated !== undefined)
    return { problem: `"${repeated}" is there more than once in one object: which value counts?` };
  if (parsed["_skipLearn"] === true) return { skipped: true };
  if (!isObject(exact["c"]))
    return { problem: "has no c, the features of a decision: an outcome without its decision can't be used" };
  if ("_outcomes" in parsed || "_slots" in exact["c"])
    return { problem: "is a decision of several slots: lines have one action among several" };
  const { EventId: id, Timestamp: time, Unit: unit = null } = exact;
  if (typeof id !== "string" || id === "") return { problem: "has no EventId" };
  if (typeof time !== "string" || time === "") return { problem: "has no Timestamp" };
  const read = readTimeCell(time, times);
  if (typeof read === "string") return { problem: `Timestamp ${read}` };
  if (unit !== null && typeof unit !== "string") return { problem: "Unit is no text" };
  const { _multi: multi, ...features } = exact["c"];
  if (!Array.isArray(multi) || multi.length === 0 || !multi.every(isObject))
    return { problem: "c has no _multi, the list of its actions" };
  const label = loggedLabel(parsed, multi.length);
  if ("problem" in label) return label;
  const shared = flatFeatures(features);
  if ("problem" in shared) return shared;
  const options: { readonly id: string; readonly features: FlatFeatures }[] = [];
  const ids = new Set<string>();
  for (const [at, one] of (multi as readonly Parsed[]).entries()) {
    const own = flatFeatures(one);
    if ("problem" in own) return { problem: `action ${at + 1}: ${own.problem}` };
    const { id: optionId, ...rest } = named(one, own, at + 1);
    if (ids.has(optionId)) return { problem: `two actions have the id ${JSON.stringify(optionId)}` };
    ids.add(optionId);
    options.push({ id: optionId, ...rest });
  }
  return { ...label, decisionId: id, time, unit, shared, options };
}

/** The id is `_tag`, or else the feature `id`, or else the action's number. A feature `id` that says the same is none. */
function named({ _tag: tag }: Parsed, features: FlatFeatures, number: number) {
  const { id, ...values } = features.values;
  const isTagged = typeof tag === "string" && tag !== "";
  const own = id === undefined || id === null ? undefined : String(id);
  if (isTagged && own !== tag) return { id: tag, features };
  return { id: isTagged ? tag : (own ?? String(number)), features: { ...features, values } };
}

const isObject = (value: unknown): value is Parsed =>
  typeof value === "object" && value !== null && !Array.isArray(value);
