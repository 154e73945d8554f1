import type { ModelRecorded } from "../schemas/index.ts";
import { loadScorer, type Scorer } from "./scorer.ts";
import type { Backbone, Serdes } from "../streams/index.ts";
import { readArtifact } from "./artifacts.ts";

/** A model that was not used for this long is let go: it costs no memory, and its next decision loads it again. */
const IDLE_MS = 5 * 60_000;
/** Models that are idle are looked for this often. */
const LOOK_MS = 60_000;

interface Loaded {
  readonly scorer: Promise<Scorer>;
  /** ms of the monotonic clock. */
  readonly usedAt: number;
  /** While it is being loaded, those of its file. */
  readonly bytes: number;
}

export interface ScorerCacheOptions {
  /** Most bytes of all models that are kept. Default 512 MiB. */
  readonly mostBytes?: number;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

/**
 * Loads models by their record and keeps the most recently used, as many as there is room for. One alone is kept
 * whatever its size. Models with the same file are one.
 */
export class ScorerCache {
  readonly #backbone: Backbone;
  readonly #serdes: Serdes;
  readonly #mostBytes: number;
  readonly #now: () => number;
  /** In the order of use. */
  readonly #loaded = new Map<string, Loaded>();
  #bytes = 0;
  #looking: NodeJS.Timeout | undefined;

  constructor(
    backbone: Backbone,
    serdes: Serdes,
    { mostBytes = 512 * 1024 * 1024, now = () => performance.now() }: ScorerCacheOptions = {},
  ) {
    this.#backbone = backbone;
    this.#serdes = serdes;
    this.#mostBytes = mostBytes;
    this.#now = now;
  }

  get(model: ModelRecorded): Promise<Scorer> {
    const { sha256: id, bytes } = model.artifact;
    const usedAt = this.#now();
    const there = this.#loaded.get(id);
    if (there !== undefined) {
      this.#loaded.delete(id);
      this.#loaded.set(id, { ...there, usedAt });
      return there.scorer;
    }
    const scorer = readArtifact(this.#backbone, this.#serdes, model.artifact).then(loadScorer);
    this.#keep(id, { scorer, usedAt, bytes });
    scorer.then(
      (loaded) => this.#measured(id, scorer, loaded.bytes),
      () => this.#drop(id, scorer),
    );
    this.letIdleGo();
    this.#looking ??= setInterval(() => this.letIdleGo(), LOOK_MS).unref();
    return scorer;
  }

  /**
   * Lets go of models that were not used for five minutes. They are not released here: one may be scoring. Memory goes
   * with the last reference.
   */
  letIdleGo(): void {
    const now = this.#now();
    for (const [id, { usedAt, scorer }] of this.#loaded) {
      if (now - usedAt < IDLE_MS) break;
      this.#drop(id, scorer);
    }
    if (this.#loaded.size > 0 || this.#looking === undefined) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
  }

  /** Those of the least recent use go first; the one used last stays. */
  #fit(): void {
    for (const [id, { scorer }] of this.#loaded) {
      if (this.#bytes <= this.#mostBytes || this.#loaded.size === 1) return;
      this.#drop(id, scorer);
    }
  }

  #keep(id: string, loaded: Loaded): void {
    this.#loaded.set(id, loaded);
    this.#bytes += loaded.bytes;
    this.#fit();
  }

  #measured(id: string, scorer: Promise<Scorer>, bytes: number): void {
    const there = this.#loaded.get(id);
    if (there?.scorer !== scorer) return;
    this.#bytes += bytes - there.bytes;
    // At its place in the order of use.
    this.#loaded.set(id, { ...there, bytes });
    this.#fit();
  }

  /** If it is this one still. */
  #drop(id: string, scorer: Promise<Scorer>): void {
    const there = this.#loaded.get(id);
    if (there?.scorer !== scorer) return;
    this.#loaded.delete(id);
    this.#bytes -= there.bytes;
  }

  async close(): Promise<void> {
    clearInterval(this.#looking);
    for (const { scorer } of this.#loaded.values())
      await scorer.then((loaded) => loaded.release()).catch(() => undefined);
    this.#loaded.clear();
    this.#bytes = 0;
  }
}
