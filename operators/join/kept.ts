import { recordLimits } from "../../schemas/index.ts";
import { moreKey, nameKey } from "./keys.ts";
import { nothing, type Known, type PendingObservation } from "./known.ts";
import { joinEnd } from "./logic.ts";
import { compiledOf, type JoinContext } from "./parts.ts";
import { sizeOf } from "./sizes.ts";

/** Bounds, in number and bytes, of the observations in the record of an id: the record is written with each of them. */
const FEW = 8;
const FEW_BYTES = 4_096;

/** The record of an id. An entry of a former format is first written in this one. */
export function readKnown(id: string, context: JoinContext): Known {
  const stored = context.state.pending.get(id);
  if (stored === undefined) return nothing;
  const { made, ...known } = stored;
  if (made === undefined) return known;
  if (made.length > 0) context.state.decided.put(id, { made });
  const uses = known.uses.map((use) => {
    const compiled = use.open ? compiledOf(made[0]!.decision, context) : undefined;
    return compiled === undefined ? use : { ...use, until: joinEnd(made[0]!.decision, compiled) };
  });
  let adopted: Known = { ...nothing, uses };
  for (const one of known.few) adopted = keep(adopted, id, one, context);
  context.state.pending.put(id, adopted);
  return adopted;
}

/**
 * Writes only observations with a key of their own.
 * @returns the new record of the id.
 */
export function keep(known: Known, id: string, one: PendingObservation, context: JoinContext): Known {
  const size = sizeOf(one);
  const grown = { ...known, count: known.count + 1, bytes: known.bytes + size };
  const isFew = known.more === known.first && known.few.length < FEW && known.bytes + size <= FEW_BYTES;
  if (isFew) return { ...grown, few: [...known.few, one] };
  context.state.more.put(moreKey(known.more, id), one);
  context.state.names.put(nameKey(id, one.useCase, one.id), true);
  return { ...grown, more: known.more + 1, last: one.offset };
}

export function isKept(
  known: Known,
  id: string,
  useCase: string,
  observationId: string,
  context: JoinContext,
): boolean {
  if (known.few.some((one) => one.id === observationId && one.useCase === useCase)) return true;
  return known.more > known.first && context.state.names.get(nameKey(id, useCase, observationId)) === true;
}

/** The reason that one more can't be kept; `undefined`: it can. */
export function problemOfOneMore(known: Known, one: PendingObservation): string | undefined {
  const { observationsKept, observationBytesKept } = recordLimits;
  if (known.count >= observationsKept)
    return `it has ${known.count} observations; at most ${observationsKept} are kept`;
  const bytes = known.bytes + sizeOf(one);
  if (bytes <= observationBytesKept) return undefined;
  return `its observations would have ${bytes} bytes; at most ${observationBytesKept} are kept`;
}

/** Gaps at the front that are passed with each observation that goes: more than one, so that all are passed in time. */
const GAPS = 32;

/**
 * Makes observations with keys of their own readable, if the engine needs it: all, or for `withoutOne` those at the
 * front.
 */
export function load(
  { first, more }: Known,
  id: string,
  context: JoinContext,
  which: "all" | "front" = "all",
): Promise<void> | undefined {
  if (more === first) return undefined;
  const length = which === "all" ? more - first : Math.min(GAPS, more - first);
  return context.load(Array.from({ length }, (_, at) => ["more", moreKey(first + at, id)] as const));
}

/** All kept observations, in the order of arrival. `load` them first. */
export function observationsOf({ few, first, more }: Known, id: string, context: JoinContext): PendingObservation[] {
  const all = [...few];
  for (let index = first; index < more; index++) {
    const one = context.state.more.get(moreKey(index, id));
    if (one !== undefined) all.push(one);
  }
  return all;
}

/** The record without some observations. `load` them first. */
export function without(
  known: Known,
  id: string,
  isWanted: (one: PendingObservation) => boolean,
  context: JoinContext,
): Known {
  let { count, bytes } = known;
  const drop = (one: PendingObservation): boolean => {
    count--;
    bytes -= sizeOf(one);
    return false;
  };
  const few = known.few.filter((one) => isWanted(one) || drop(one));
  let first = known.more;
  for (let index = known.first; index < known.more; index++) {
    const one = context.state.more.get(moreKey(index, id));
    if (one === undefined) continue;
    if (isWanted(one)) first = Math.min(first, index);
    else {
      forget(one, index, id, context);
      drop(one);
    }
  }
  return counted({ ...known, few, first, count, bytes });
}

/** The record without some of the first ones. */
export function withoutFew(known: Known, gone: readonly PendingObservation[]): Known {
  const few = known.few.filter((one) => !gone.includes(one));
  const bytes = gone.reduce((sum, one) => sum - sizeOf(one), known.bytes);
  return { ...known, few, count: known.count - gone.length, bytes };
}

/** The record without the observation of this number, which must exist. */
export function withoutOne(known: Known, id: string, index: number, context: JoinContext): Known {
  const one = context.state.more.get(moreKey(index, id))!;
  forget(one, index, id, context);
  let { first } = known;
  const end = Math.min(known.more, first + GAPS);
  while (first < end && context.state.more.get(moreKey(first, id)) === undefined) first++;
  return counted({ ...known, first, count: known.count - 1, bytes: known.bytes - sizeOf(one) });
}

/** Numbers begin anew when none is left. */
const counted = (known: Known): Known => (known.first < known.more ? known : { ...known, first: 0, more: 0, last: 0 });

function forget(one: PendingObservation, index: number, id: string, context: JoinContext): void {
  context.state.more.delete(moreKey(index, id));
  context.state.names.delete(nameKey(id, one.useCase, one.id));
}
