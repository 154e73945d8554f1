import type { Blueprint } from "../../../blueprints/index.ts";
import type { Tools } from "../../loop.ts";
import { HistoryError } from "../history-error.ts";
import type { HistoryStep } from "../lines/history-step.ts";
import type { HistoryFiles } from "../history-table.ts";
import type { Survey } from "../survey.ts";
import { EventComparison } from "./changed-events.ts";
import { differences, MOST_MOVED_MS, type Differences } from "./changed-lines.ts";
import {
  besideText,
  changedEventsText,
  changedText,
  keyedText,
  movedText,
  otherEventsText,
  remedy,
} from "./changes-text.ts";
import { confirmChanges, type Confirmed } from "./confirm-changes.ts";
import { confirmEvents, type ConfirmedEvents } from "./confirm-events.ts";
import type { Ledger } from "./ledger.ts";
import type { LineName } from "./line-names.ts";
import { saidAs } from "./said.ts";

/**
 * The treatment of lines that differ from imported ones: they are left out, or added if they can be. Absent: nothing is
 * imported.
 */
export type ChangedPolicy = "leave" | "add";

/** Which lines of the files are not to be published, though nothing of their name was. */
export interface LeftOut {
  /** They were imported, under other types. */
  readonly same: ReadonlySet<LineName>;
  /** They differ. */
  readonly changed: ReadonlySet<LineName>;
  /** Lines to publish again, though they are known: observations whose events had no keys. */
  readonly again: ReadonlySet<LineName>;
  /** Lines that differ and are not published: those and decisions that are known. */
  readonly count: number;
}

interface Compared {
  readonly tools: Pick<Tools, "backbone" | "serdes">;
  readonly blueprint: Blueprint;
  readonly files: HistoryFiles;
  readonly changed?: ChangedPolicy | undefined;
  readonly say: (line: string) => void;
}

/** The memory of imports: those of the use case, and those of events of no decision. */
export interface Ledgers {
  readonly own: Ledger;
  readonly shared: Ledger;
}

/**
 * Compares the files with earlier imports, if there are any of their time. Throws a `HistoryError` that names the lines
 * that differ, unless `changed` tells their treatment.
 * @param read the steps of the files, as they will be published
 */
export async function lookForChanges(
  { own, shared }: Ledgers,
  { tools, blueprint, files, changed: policy, say }: Compared,
  surveys: readonly Survey[],
  read: () => AsyncIterable<HistoryStep>,
): Promise<LeftOut | undefined> {
  const spanOf = (file: string | undefined): readonly [from: number, to: number] => {
    const { from, to } = surveys.find((one) => one.file === file) ?? { from: null, to: null };
    return [from ?? Number.POSITIVE_INFINITY, to ?? Number.NEGATIVE_INFINITY];
  };
  const [decided, observed, happened] = [spanOf(files.decisions), spanOf(files.observations), spanOf(files.events)];
  const [from, to] = [Math.min(decided[0], observed[0]), Math.max(decided[1], observed[1])];
  const isKnown = own.hasBetween(from - MOST_MOVED_MS, to + MOST_MOVED_MS);
  const events = shared.hasBetween(happened[0], happened[1] + 1)
    ? new EventComparison(shared, files.events!)
    : undefined;
  if (!isKnown && events === undefined) return undefined;
  const { decisions, observations } = files;
  const [observedFrom, observedTo] = observed;
  const compared = { decisions, observations, from, to, observedFrom, observedTo, read: saidAs(blueprint) };
  const found = await differences(read(), own, compared, events);
  const uncompared = found.uncompared + (events?.uncompared ?? 0);
  if (uncompared > 0) {
    say(
      `${uncompared} lines were imported by an earlier release, which kept no account of their values: they were not compared with these files`,
    );
  }
  const ofLines = await confirmChanges(found.changed, tools, blueprint);
  const ofEvents = await confirmEvents(events?.found ?? [], tools, blueprint);
  return decide({ found, ofLines, ofEvents, isAgain: (events?.known ?? 0) > 0 }, policy, say);
}

interface Looked {
  readonly found: Differences;
  readonly ofLines: Confirmed;
  readonly ofEvents: ConfirmedEvents;
  /** The file of events has some that were imported. */
  readonly isAgain: boolean;
}

/** Reports the differences, and decides by the policy. */
function decide(
  { found, ofLines, ofEvents, isAgain }: Looked,
  policy: ChangedPolicy | undefined,
  say: Compared["say"],
): LeftOut {
  const { changed, beside } = ofLines;
  const same = new Set([...ofLines.same, ...ofEvents.same, ...observationsOf(beside)]);
  if (beside.length > 0) say(besideText(beside));
  if (ofEvents.others > 0 && isAgain) say(otherEventsText(ofEvents.others));
  const { keyed } = found;
  if (keyed.length > 0) say(keyedText(keyed, policy === "add"));
  const again = new Set(policy === "add" ? keyed.map(({ name }) => name) : []);
  const moved = [found.movedDecisions, found.movedObservations]
    .map((lines) => lines.filter(({ line }) => !ofLines.same.has(line.name)))
    .filter((lines) => lines.length > 0);
  const told = [
    ...(changed.length === 0 ? [] : [changedText(changed)]),
    ...(ofEvents.changed.length === 0 ? [] : [changedEventsText(ofEvents.changed)]),
    ...moved.map(movedText),
  ];
  if (told.length === 0) return { same, changed: new Set(), again, count: 0 };
  if (policy === undefined) throw new HistoryError([...told, `Nothing was published. ${remedy}`].join("\n"));
  for (const line of told) say(line);
  const differing = new Set([
    ...observationsOf(changed),
    ...ofEvents.changed.map(({ event }) => event.name),
    ...moved.flat().map(({ line }) => line.name),
  ]);
  const known = changed.filter(({ line }) => line.isDecision).length;
  const left = policy === "leave" ? differing : new Set<LineName>();
  return { same, changed: left, again, count: known + left.size };
}

const observationsOf = (
  lines: readonly { readonly line: { readonly isDecision: boolean; readonly name: LineName } }[],
): readonly LineName[] => lines.flatMap(({ line }) => (line.isDecision ? [] : [line.name]));
