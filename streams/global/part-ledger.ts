import type { Change, StateDatabase } from "../state/engine.ts";

/** Of one partition: the part's records from `next` to before `until` are still to be read; the fold itself counts the others. */
export interface Gap {
  readonly next: number;
  readonly until: number;
}

/** By `topic/partition`. Empty: the part is filled. */
export type Gaps = Readonly<Record<string, Gap>>;

/** Parts with the same gaps, which one reading fills. */
export interface Filling {
  readonly parts: ReadonlySet<string>;
  readonly gaps: Gaps;
  /**
   * Set if the records are read again: only questions before this time need them, ms. Absent: the parts are new, and
   * all questions do.
   */
  readonly again?: number | undefined;
}

/** The records that a part has not counted, and the times it has forgotten. */
interface PartState {
  readonly gaps: Gaps;
  /** Questions from before it may need forgotten records, ms. */
  readonly wholeFrom: number;
  /**
   * Set if the part's forgotten records are read again: questions before this time need them, ms, and `gaps` are those
   * records. Later questions need none of them.
   */
  readonly again?: number | undefined;
}

const PARTS = "\u0003";
const ALWAYS = Number.NEGATIVE_INFINITY;

/**
 * The known parts of a fold, with the records that each has not counted yet and the times it has forgotten. Stored with
 * the bytes of the fold.
 */
export class PartLedger {
  readonly #prefix: string;
  readonly #states = new Map<string, PartState>();
  readonly #changed = new Set<string>();

  /** Parts of a release that kept no account of forgotten times are not known. */
  static async load(fold: string, database: StateDatabase): Promise<PartLedger> {
    const prefix = `${PARTS}${fold}\0`;
    const ledger = new PartLedger(prefix);
    for (const [key, value] of await database.range(prefix, `${PARTS}${fold}\u0001`)) {
      const part = key.slice(prefix.length);
      const state = stateOf(value);
      if (state === undefined) ledger.#changed.add(part);
      else ledger.#states.set(part, state);
    }
    return ledger;
  }

  private constructor(prefix: string) {
    this.#prefix = prefix;
  }

  get parts(): readonly string[] {
    return [...this.#states.keys()];
  }

  has(part: string): boolean {
    return this.#states.has(part);
  }

  gapsOf(part: string): Gaps {
    return this.#states.get(part)?.gaps ?? {};
  }

  /** Whether records are still to be read for the part. */
  isFilling(part: string): boolean {
    return Object.keys(this.gapsOf(part)).length > 0;
  }

  /** Whether a part that is filled, or is read again, holds all that a question of this time, ms, asks for. */
  isWholeAt(part: string, time: number): boolean {
    return time >= this.#rememberedFrom(part);
  }

  /** Event time, ms, since when all parts hold everything that questions need. */
  get wholeFrom(): number {
    return this.parts.reduce((latest, part) => Math.max(latest, this.#rememberedFrom(part)), ALWAYS);
  }

  /** The earliest time for which records are being read again, ms; else `Infinity`. */
  get recalledFrom(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { again, wholeFrom } of this.#states.values())
      if (again !== undefined) earliest = Math.min(earliest, wholeFrom);
    return earliest;
  }

  #rememberedFrom(part: string): number {
    const state = this.#states.get(part);
    return state?.again ?? state?.wholeFrom ?? ALWAYS;
  }

  /** The times of the questions that need the records still to be read for a part, ms. */
  spanOf(part: string): { readonly since: number; readonly until: number } {
    const { wholeFrom = ALWAYS, again = Number.POSITIVE_INFINITY } = this.#states.get(part) ?? {};
    return { since: wholeFrom, until: again };
  }

  /**
   * @param gaps the records that the other parts have counted when this one came.
   * @param wholeFrom no question comes from before it, ms: records that only such questions need are not read.
   */
  add(part: string, gaps: Gaps, wholeFrom = ALWAYS): void {
    this.#set(part, { gaps, wholeFrom });
  }

  forget(part: string): void {
    if (this.#states.delete(part)) this.#changed.add(part);
  }

  /**
   * These parts have lost the records that only questions before `time` need. Parts that are being filled no longer
   * read them.
   */
  forgot(parts: ReadonlySet<string>, time: number): void {
    for (const [part, state] of this.#states) {
      if (time <= state.wholeFrom || !(parts.has(part) || this.isFilling(part))) continue;
      const isMoot = state.again !== undefined && time >= state.again;
      this.#set(part, isMoot ? { gaps: {}, wholeFrom: time } : { ...state, wholeFrom: time });
    }
  }

  /** The same for one part alone, which is not being read again. */
  lost(part: string, time: number): void {
    const state = this.#states.get(part);
    if (state !== undefined && time > state.wholeFrom) this.#set(part, { ...state, wholeFrom: time });
  }

  /** Reads forgotten records of the part again: those in these gaps, which questions from `since` on, ms, need. */
  recall(part: string, gaps: Gaps, since: number): void {
    const again = Object.keys(gaps).length === 0 ? undefined : this.#rememberedFrom(part);
    this.#set(part, { gaps, wholeFrom: since, again });
  }

  /** Parts that are not filled, grouped by their gaps; new parts come first. */
  fillings(): readonly Filling[] {
    const open = [...this.#states].filter(([part]) => this.isFilling(part));
    const alike = [...Map.groupBy(open, ([, state]) => JSON.stringify(state)).values()];
    const fillings = alike.map((some): Filling => {
      const { gaps, again } = some[0]![1];
      return { parts: new Set(some.map(([part]) => part)), gaps, again };
    });
    return [
      ...fillings.filter(({ again }) => again === undefined),
      ...fillings.filter(({ again }) => again !== undefined),
    ];
  }

  /** The records before `next` are counted for these parts, or are gone. Parts that were forgotten meanwhile stay so. */
  advance(parts: Iterable<string>, partition: string, next: number): void {
    for (const part of parts) {
      const state = this.#states.get(part);
      const gap = state?.gaps[partition];
      if (state === undefined || gap === undefined) continue;
      const { [partition]: _, ...others } = state.gaps;
      const gaps = next >= gap.until ? others : { ...state.gaps, [partition]: { next, until: gap.until } };
      const isDone = Object.keys(gaps).length === 0;
      this.#set(part, { gaps, wholeFrom: state.wholeFrom, again: isDone ? undefined : state.again });
    }
  }

  /** The partition is another one now: the records that were to be read from it are gone. */
  close(partition: string): void {
    this.advance(this.parts, partition, Number.POSITIVE_INFINITY);
  }

  takeChanges(): readonly Change[] {
    const changes = [...this.#changed].map((part): Change => {
      const state = this.#states.get(part);
      return [this.#prefix + part, state === undefined ? null : Buffer.from(JSON.stringify(state))];
    });
    this.#changed.clear();
    return changes;
  }

  #set(part: string, state: PartState): void {
    this.#states.set(part, state);
    this.#changed.add(part);
  }
}

/** JSON writes an infinite time as null. */
function stateOf(value: Uint8Array): PartState | undefined {
  const { gaps, wholeFrom, again } = JSON.parse(Buffer.from(value).toString()) as Partial<PartState> & {
    wholeFrom?: number | null;
  };
  return gaps === undefined ? undefined : { gaps, wholeFrom: wholeFrom ?? ALWAYS, again };
}
