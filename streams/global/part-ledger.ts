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
}

const PARTS = "\u0003";

/** Which parts of a fold are known, and what each of them has not counted yet; stored with the bytes that stand for it. */
export class PartLedger {
  readonly #prefix: string;
  readonly #gaps: Map<string, Gaps>;
  readonly #changed = new Set<string>();

  static async load(fold: string, database: StateDatabase): Promise<PartLedger> {
    const prefix = `${PARTS}${fold}\0`;
    const stored = await database.range(prefix, `${PARTS}${fold}\u0001`);
    const gaps = stored.map(
      ([key, value]) => [key.slice(prefix.length), JSON.parse(Buffer.from(value).toString()) as Gaps] as const,
    );
    return new PartLedger(prefix, new Map(gaps));
  }

  private constructor(prefix: string, gaps: Map<string, Gaps>) {
    this.#prefix = prefix;
    this.#gaps = gaps;
  }

  get parts(): readonly string[] {
    return [...this.#gaps.keys()];
  }

  has(part: string): boolean {
    return this.#gaps.has(part);
  }

  gapsOf(part: string): Gaps {
    return this.#gaps.get(part) ?? {};
  }

  /** @param gaps what has been read for the other parts when this one came. */
  add(part: string, gaps: Gaps): void {
    this.#set(part, gaps);
  }

  forget(part: string): void {
    if (this.#gaps.delete(part)) this.#changed.add(part);
  }

  /** Parts that are not filled, by what they lack. */
  fillings(): readonly Filling[] {
    const open = [...this.#gaps].filter(([, gaps]) => Object.keys(gaps).length > 0);
    const alike = Map.groupBy(open, ([, gaps]) => JSON.stringify(gaps));
    return [...alike.values()].map((some) => ({ parts: new Set(some.map(([part]) => part)), gaps: some[0]![1] }));
  }

  /** The records before `next` are counted for these parts, or are gone. Parts that were forgotten meanwhile stay so. */
  advance(parts: Iterable<string>, partition: string, next: number): void {
    for (const part of parts) {
      const gaps = this.#gaps.get(part);
      const gap = gaps?.[partition];
      if (gaps === undefined || gap === undefined) continue;
      const { [partition]: _, ...others } = gaps;
      this.#set(part, next >= gap.until ? others : { ...gaps, [partition]: { next, until: gap.until } });
    }
  }

  /** The partition is another one now: what was to be read of it is gone. */
  close(partition: string): void {
    this.advance(this.parts, partition, Number.POSITIVE_INFINITY);
  }

  takeChanges(): readonly Change[] {
    const changes = [...this.#changed].map((part): Change => {
      const gaps = this.#gaps.get(part);
      return [this.#prefix + part, gaps === undefined ? null : Buffer.from(JSON.stringify(gaps))];
    });
    this.#changed.clear();
    return changes;
  }

  #set(part: string, gaps: Gaps): void {
    this.#gaps.set(part, gaps);
    this.#changed.add(part);
  }
}
