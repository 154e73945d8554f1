import type { Misfit, UnfitCandidate } from "../../blueprints/index.ts";
import { recordLimits } from "../../schemas/index.ts";
import { shortened, type Headers } from "../../streams/index.ts";

const { statsBuckets, statsNameBytes } = recordLimits;

/**
 * The place of an entry that counts for nothing. `kind`: of an event, or of an observation that is also one.
 * `candidates`: the name is an option's id.
 */
export type MisfitPlace = "context" | "observation" | "kind" | "candidates";

/** `late`: a feature whose instance did not answer in time. `noOptions`: candidates of a request where the policy decides over no options. */
export type MisfitProblem = Misfit["problem"] | UnfitCandidate | "noOptions" | "late";

/** A misfit as it is found: an entry, or a candidate. */
export interface FoundMisfit {
  readonly name: string;
  readonly problem: MisfitProblem;
}

export interface ToldMisfit {
  /** Empty: of no use case, as with events. */
  readonly useCase: string;
  readonly what: MisfitPlace;
  readonly name: string;
  readonly problem: MisfitProblem;
  /** The names that may have been meant. */
  readonly known: Iterable<string>;
}

/** Reports, for people, an entry that counts for nothing. */
export type TellMisfit = (misfit: ToldMisfit) => void;

/** By name: a `MisfitProblem`. */
export type Misfits = Readonly<Record<string, string>>;

/** Null: there are none. Names are cut, and only the first ones are kept: nobody mends so many at once. */
export function misfitsByName(found: readonly FoundMisfit[]): Misfits | null {
  if (found.length === 0) return null;
  const some = found.slice(0, statsBuckets);
  return Object.fromEntries(some.map(({ name, problem }) => [shortened(name, statsNameBytes), problem]));
}

/** The entries without unknown names. Null: there are no others. */
export function unusableOf(misfits: Misfits): Misfits | null {
  const left = Object.entries(misfits).filter(([, problem]) => problem !== "unknown");
  return left.length === 0 ? null : Object.fromEntries(left);
}

const OF_CANDIDATES: readonly MisfitProblem[] = ["repeated", "noAction", "noOptions"];
const UNKNOWN: readonly MisfitProblem[] = ["unknown", "noAction", "noOptions"];

/** The problem as a header has it. Another release may know more of them. */
export const misfitProblem = (text: string): MisfitProblem =>
  [...UNKNOWN, ...OF_CANDIDATES, "late" as const].find((problem) => problem === text) ?? "unusable";

/** Whether a problem of a request is one of its candidates, and not of its context. */
export const isOfCandidates = (problem: MisfitProblem): boolean => OF_CANDIDATES.includes(problem);

/** Whether the blueprint does not know the name; otherwise it can't use what is under it. */
export const countsAsUnknown = (problem: MisfitProblem): boolean => UNKNOWN.includes(problem);

/** Header of a decision's record whose request had misfits. */
const HEADER = "loopstream_misfits";
const noHeaders: Headers = Object.freeze({});

export function misfitHeaders(misfits: Misfits | null): Headers {
  return misfits === null ? noHeaders : { [HEADER]: Buffer.from(JSON.stringify(misfits)) };
}

export function misfitsIn(headers: Headers): Misfits | undefined {
  const bytes = headers[HEADER];
  return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString()) as Misfits);
}
