import type { Blueprint } from "../../../blueprints/index.ts";
import type { Tools } from "../../../loop/index.ts";
import { UsageError } from "../../exit-codes.ts";
import type { HistoryStep } from "../line-maker.ts";
import type { HistoryFiles } from "../records.ts";
import type { Survey } from "../survey.ts";
import { differences, MOST_MOVED_MS } from "./changed-lines.ts";
import { besideText, changedText, movedText, remedy } from "./changes-text.ts";
import { confirmChanges } from "./confirm-changes.ts";
import type { Ledger } from "./ledger.ts";
import type { LineName } from "./line-names.ts";
import { saidAs } from "./said.ts";

/** What becomes of lines that differ from what was imported: they are left out, or added where they can be. Absent: nothing is imported. */
export type ChangedPolicy = "leave" | "add";

/** Which lines of the files are not to be published, though nothing of their name was. */
export interface LeftOut {
  /** They were imported, under other types. */
  readonly same: ReadonlySet<LineName>;
  /** They differ. */
  readonly changed: ReadonlySet<LineName>;
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

/**
 * Compares the files with what was imported before, if anything was of their time. Throws a `UsageError` that names the lines that differ, unless it
 * is said what becomes of them.
 * @param read the steps of the files, as they will be published
 */
export async function lookForChanges(
  ledger: Ledger,
  { tools, blueprint, files, changed: policy, say }: Compared,
  surveys: readonly Survey[],
  read: () => AsyncIterable<HistoryStep>,
): Promise<LeftOut | undefined> {
  const spanOf = (file: string | undefined): readonly [from: number, to: number] => {
    const { from, to } = surveys.find((one) => one.file === file) ?? { from: null, to: null };
    return [from ?? Number.POSITIVE_INFINITY, to ?? Number.NEGATIVE_INFINITY];
  };
  const [decided, observed] = [spanOf(files.decisions), spanOf(files.observations)];
  const [from, to] = [Math.min(decided[0], observed[0]), Math.max(decided[1], observed[1])];
  if (!ledger.hasBetween(from - MOST_MOVED_MS, to + MOST_MOVED_MS)) return undefined;
  const { decisions, observations } = files;
  const [observedFrom, observedTo] = observed;
  const compared = { decisions, observations, from, to, observedFrom, observedTo, read: saidAs(blueprint) };
  const found = await differences(read(), ledger, compared);
  if (found.uncompared > 0) {
    say(
      `${found.uncompared} lines were imported by an earlier release, which kept no account of their values: they were not compared with these files`,
    );
  }
  const { changed, beside, same } = await confirmChanges(found.changed, tools, blueprint);
  if (beside.length > 0) say(besideText(beside));
  const moved = [found.movedDecisions, found.movedObservations]
    .map((lines) => lines.filter(({ line }) => !same.has(line.name)))
    .filter((lines) => lines.length > 0);
  const told = [...(changed.length === 0 ? [] : [changedText(changed)]), ...moved.map(movedText)];
  if (told.length === 0) return { same: new Set([...same, ...observationsOf(beside)]), changed: new Set(), count: 0 };
  if (policy === undefined) throw new UsageError([...told, `Nothing was published. ${remedy}`].join("\n"));
  for (const line of told) say(line);
  const differing = new Set([...observationsOf(changed), ...moved.flat().map(({ line }) => line.name)]);
  const known = changed.filter(({ line }) => line.isDecision).length;
  return {
    same: new Set([...same, ...observationsOf(beside)]),
    changed: policy === "leave" ? differing : new Set(),
    count: known + (policy === "leave" ? differing.size : 0),
  };
}

const observationsOf = (
  lines: readonly { readonly line: { readonly isDecision: boolean; readonly name: LineName } }[],
): readonly LineName[] => lines.flatMap(({ line }) => (line.isDecision ? [] : [line.name]));
