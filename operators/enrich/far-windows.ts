import type { CompiledBlueprint, FeatureVector, WindowGroup } from "../../blueprints/index.ts";
import type { WindowLookup } from "../../schemas/index.ts";
import type { FoundMisfit, WindowBytes, WindowShares } from "../globals/index.ts";
import { fillKey } from "./fill-key.ts";

/** The values of a group's windows, in the group's order. */
export type WindowValues = readonly (number | string | null)[];

/** Windows of which other instances keep the events of most keys. */
export interface FarWindows {
  readonly shares: WindowShares;
  /**
   * The values of each, from the instance that has the key; `undefined`: it has not answered in time.
   *
   * @param isHistory nobody waits for a reply: it asks until all are there
   */
  readonly ask: (
    lookups: readonly WindowLookup[],
    isHistory: boolean,
  ) => Promise<readonly (WindowValues | undefined)[]>;
}

/** Fills windows for one version. */
export interface FarReader {
  /** The group is kept by share. */
  isFar(group: WindowGroup): boolean;
  /** Windows that came too late, or are not known yet, are missing. */
  fill(group: WindowGroup, key: string, time: number, features: FeatureVector): void;
}

/** What a batch of requests reads of far windows. What is not here is asked for by `load`, and the work is then done again. */
export class FarReads {
  readonly #far: FarWindows;
  readonly #windows: WindowBytes;
  /** `undefined`: it came too late. */
  readonly #known = new Map<string, WindowValues | undefined>();
  readonly #missed = new Map<string, WindowLookup>();
  /** Features of the current request that came too late. */
  #late: FoundMisfit[] = [];

  constructor(far: FarWindows, windows: WindowBytes) {
    this.#far = far;
    this.#windows = windows;
  }

  /** The features that came too late since the last call. */
  takeLate(): readonly FoundMisfit[] {
    return this.#late.length === 0 ? this.#late : this.#late.splice(0);
  }

  readerOf({ blueprint, layout }: CompiledBlueprint): FarReader {
    const { useCase, version } = blueprint;
    return {
      isFar: ({ place }) => place === "keyed",
      fill: (group, key, time, features) => {
        const here = this.#far.shares.heldPartOf(group, key);
        if (here !== undefined && isWhole(here, time, this.#windows))
          return fillKey(here, key, time, this.#windows, features);
        const id = `${version} ${group.id} ${time} ${key}`;
        const values = this.#known.get(id);
        for (const [at, { featureIndex }] of group.windows.entries()) features[featureIndex] = values?.[at] ?? null;
        if (values !== undefined) return;
        if (!this.#known.has(id)) this.#missed.set(id, { useCase, version, group: group.id, key, time });
        for (const { featureIndex } of group.windows)
          this.#late.push({ name: layout[featureIndex]!.name, problem: "late" });
      },
    };
  }

  /** Something was read that is not known yet: what was made of it counts for nothing. */
  get lacks(): boolean {
    return this.#missed.size > 0;
  }

  async load(isHistory: boolean): Promise<void> {
    const missed = [...this.#missed];
    this.#missed.clear();
    const values = await this.#far.ask(
      missed.map(([, lookup]) => lookup),
      isHistory,
    );
    for (const [at, [id]] of missed.entries()) this.#known.set(id, values[at]);
  }
}

/** All events of the part that a question about this time needs are counted. */
export function isWhole({ stateId }: WindowGroup, time: number, windows: WindowBytes): boolean {
  const { warming, remembersFrom = Number.NEGATIVE_INFINITY } = windows;
  if (windows.holds?.(stateId) === false || warming?.has(stateId) === true) return false;
  return time >= remembersFrom || windows.remembers?.(stateId, time) !== false;
}
