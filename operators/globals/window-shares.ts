import type { WindowGroup } from "../../blueprints/index.ts";
import { partitionOf } from "../../streams/index.ts";

/** `state id@share.shares`: a part of the fold. A state id never ends like that. */
const SHARE = /@\d+\.\d+$/;

/** The state id of a part, which is a group or a share of one. */
export const stateIdOf = (part: string): string => part.replace(SHARE, "");
export const isShare = (part: string): boolean => SHARE.test(part);

/**
 * The shares that this instance holds of windows with `state: keyed`. A key's share is the partition that Kafka's default
 * partitioner gives the key on the topic of lookups (docs/decisions/096).
 */
export class WindowShares {
  /** Grows with every change. */
  version = 0;
  #count = 0;
  #held: ReadonlySet<number> | undefined;
  readonly #parts = new Map<string, WindowGroup>();

  /** Whether it has been told which ones this instance has. What is kept from before stays until then. */
  get areKnown(): boolean {
    return this.#held !== undefined;
  }

  /** Whether it is known how many there are: only then are records counted in what is kept. */
  get areCounted(): boolean {
    return this.#count > 0;
  }

  /** How many there are, before it is known which ones are here. Call it before any record is folded. */
  spreadOver(count: number): void {
    this.#count = count;
  }

  /** @param count of all shares */
  hold(held: Iterable<number>, count: number): void {
    if (count !== this.#count) this.#parts.clear();
    this.#count = count;
    this.#held = new Set(held);
    this.version++;
  }

  /** The parts of a group that are held. */
  partsOf(stateId: string): readonly string[] {
    return [...(this.#held ?? [])].map((share) => nameOf(stateId, share, this.#count));
  }

  /** Call it once the shares are known. */
  shareOf(key: string): number {
    return partitionOf(Buffer.from(key), this.#count);
  }

  /** The group as the part that has the key, whoever holds it; `undefined`: nobody has told yet. */
  partOf(group: WindowGroup, key: string): WindowGroup | undefined {
    if (this.#count === 0) return undefined;
    const stateId = nameOf(group.stateId, this.shareOf(key), this.#count);
    // Groups of two versions may have one state and other windows.
    const known = this.#parts.get(stateId);
    if (known?.windows === group.windows) return known;
    const part = { ...group, stateId };
    this.#parts.set(stateId, part);
    return part;
  }

  /** The same, if this instance holds it. */
  heldPartOf(group: WindowGroup, key: string): WindowGroup | undefined {
    return this.#held?.has(this.shareOf(key)) === true ? this.partOf(group, key) : undefined;
  }
}

const nameOf = (stateId: string, share: number, count: number): string => `${stateId}@${share}.${count}`;
