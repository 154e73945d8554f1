import type { ModelRecorded } from "../schemas/index.ts";
import { loadScorer, type Scorer } from "./scorer.ts";
import type { Backbone, Serdes } from "../streams/index.ts";
import { readArtifact } from "./artifacts.ts";

/**
 * A model that was not used for this long is dropped when the next one is loaded: retired models would fill the memory
 * otherwise.
 */
const IDLE_MS = 5 * 60_000;

interface Loaded {
  readonly scorer: Promise<Scorer>;
  /** ms of the monotonic clock. */
  readonly usedAt: number;
}

export interface ScorerCacheOptions {
  /** Most models that are kept. Default 32. */
  readonly most?: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

/** Loads models by their record and keeps the most recently used (a few megabytes each). */
export class ScorerCache {
  readonly #backbone: Backbone;
  readonly #serdes: Serdes;
  readonly #most: number;
  readonly #now: () => number;
  /** In the order of use. */
  readonly #loaded = new Map<string, Loaded>();

  constructor(
    backbone: Backbone,
    serdes: Serdes,
    { most = 32, now = () => performance.now() }: ScorerCacheOptions = {},
  ) {
    this.#backbone = backbone;
    this.#serdes = serdes;
    this.#most = most;
    this.#now = now;
  }

  get(model: ModelRecorded): Promise<Scorer> {
    const id = model.artifact.sha256;
    const usedAt = this.#now();
    const there = this.#loaded.get(id);
    const scorer = there?.scorer ?? readArtifact(this.#backbone, this.#serdes, model.artifact).then(loadScorer);
    this.#loaded.delete(id);
    this.#loaded.set(id, { scorer, usedAt });
    if (there === undefined) {
      scorer.catch(() => this.#loaded.delete(id));
      this.#letGo(usedAt);
    }
    return scorer;
  }

  /** Dropped models are not released here: one may be scoring. Memory goes with the last reference. */
  #letGo(now: number): void {
    for (const [id, { usedAt }] of this.#loaded) {
      if (this.#loaded.size <= this.#most && now - usedAt < IDLE_MS) return;
      this.#loaded.delete(id);
    }
  }

  async close(): Promise<void> {
    for (const { scorer } of this.#loaded.values())
      await scorer.then((loaded) => loaded.release()).catch(() => undefined);
    this.#loaded.clear();
  }
}
