import type { CompiledEpisodes } from "../../blueprints/index.ts";
import { divideEpisodes, entryOrder, type EpisodeEntry, type EpisodePlace } from "../../rows/index.ts";
import type { EpisodeRow } from "../../schemas/index.ts";

/** A decision of a key, until its episode is over. */
export interface Followed extends EpisodeEntry {
  /** No row of it can come any more. */
  readonly over: boolean;
}

/** The decisions of a key, with their places. */
export interface Sequence {
  readonly entries: readonly Followed[];
  readonly places: readonly EpisodePlace[];
}

export const sequenceOf = (entries: readonly Followed[], episodes: CompiledEpisodes): Sequence => ({
  entries,
  places: divideEpisodes(entries, episodes),
});

const isSame = (one: EpisodeEntry, { id, time }: Pick<EpisodeEntry, "id" | "time">): boolean =>
  one.id === id && one.time === time;

/** With a row that is new or corrected. @param closed so much time has passed that no row can follow a new one */
export function withRow(
  entries: readonly Followed[],
  { decisionId: id, decisionTime: time, ends }: EpisodeRow,
  closed: boolean,
): readonly Followed[] {
  const at = entries.findIndex((one) => isSame(one, { id, time }));
  if (at >= 0) return entries.with(at, { ...entries[at]!, ends });
  const entry = { id, time, ends, closed, over: false };
  const after = entries.findIndex((one) => entryOrder(one, entry) > 0);
  return entries.toSpliced(after < 0 ? entries.length : after, 0, entry);
}

/** With another state of one decision. */
export const withState = (
  entries: readonly Followed[],
  which: Pick<EpisodeEntry, "id" | "time">,
  state: Partial<Pick<Followed, "closed" | "over">>,
): readonly Followed[] => entries.map((one) => (isSame(one, which) ? { ...one, ...state } : one));

/** Decisions by index whose step is another one than before. */
export function changedSteps(before: Sequence, after: Sequence): readonly number[] {
  const changed: number[] = [];
  // Both are in their order, and a decision may be missing in either.
  let was = 0;
  for (const [at, entry] of after.entries.entries()) {
    while (was < before.entries.length && entryOrder(before.entries[was]!, entry) < 0) was++;
    const known = before.entries[was];
    if (known === undefined || !isSame(known, entry) || !isSameStep(before, was, after, at)) changed.push(at);
  }
  return changed;
}

/** All of a step that does not stand in its own row. */
function isSameStep(one: Sequence, at: number, other: Sequence, otherAt: number): boolean {
  const [a, b] = [one.places[at]!, other.places[otherAt]!];
  if (a.step !== b.step || a.terminal !== b.terminal || a.truncated !== b.truncated) return false;
  if (!isSame(one.entries[a.first]!, other.entries[b.first]!)) return false;
  if (a.next === undefined || b.next === undefined) return a.next === b.next;
  return isSame(one.entries[a.next]!, other.entries[b.next]!);
}

/** Indexes of the episode that a decision is the last of, if it is over as a whole; empty: it is not. */
export function overWith({ entries, places }: Sequence, at: number): readonly number[] {
  const { isLast, first } = places[at]!;
  const own = Array.from({ length: at + 1 - first }, (_, step) => first + step);
  return isLast && own.every((each) => entries[each]!.over) ? own : [];
}

/** What is known of a key. */
export interface KeyState {
  /** In their order. */
  readonly entries: readonly Followed[];
  /** Decision time of the newest decision that is forgotten, and until when that is remembered, ms; null: none is. */
  readonly forgotten: { readonly time: number; readonly until: number } | null;
}

export const noState: KeyState = Object.freeze({ entries: Object.freeze([]), forgotten: null });

/** Of one key, about; a record has room for twice as much. */
const MOST_BYTES = 400_000;
const ENTRY_BYTES = 24;

/** Indexes of the oldest episodes that are followed by another one, as many as must go for the others to have room. */
export function beyondRoom({ entries, places }: Sequence): readonly number[] {
  let bytes = entries.reduce((sum, { id }) => sum + ENTRY_BYTES + 2 * id.length, 0);
  let gone = 0;
  for (let at = 0; at < entries.length - 1 && bytes > MOST_BYTES; at++) {
    if (!places[at]!.isLast) continue;
    for (; gone <= at; gone++) bytes -= ENTRY_BYTES + 2 * entries[gone]!.id.length;
  }
  return Array.from({ length: gone }, (_, at) => at);
}

/** Compact JSON. */
export const encodeState = ({ entries, forgotten }: KeyState): Uint8Array =>
  Buffer.from(
    JSON.stringify([
      entries.map(({ id, time, ends, closed, over }) => [id, time, (ends ? 1 : 0) + (closed ? 2 : 0) + (over ? 4 : 0)]),
      forgotten && [forgotten.time, forgotten.until],
    ]),
  );

type Encoded = readonly [readonly (readonly [string, number, number])[], readonly [number, number] | null];

export function decodeState(bytes: Uint8Array): KeyState {
  const [entries, forgotten] = JSON.parse(Buffer.from(bytes).toString()) as Encoded;
  return {
    entries: entries.map(([id, time, flags]) => ({
      ...{ id, time, ends: (flags & 1) !== 0, closed: (flags & 2) !== 0, over: (flags & 4) !== 0 },
    })),
    forgotten: forgotten && { time: forgotten[0], until: forgotten[1] },
  };
}
