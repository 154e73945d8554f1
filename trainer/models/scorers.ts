import type { ModelRecorded } from "../../schemas/index.ts";
import { loadScorer, type Scorer } from "../../serving/index.ts";
import type { Backbone, Serdes } from "../../streams/index.ts";
import { readArtifact } from "./artifacts.ts";

/** Loads models by their record and keeps the most recently used (a few megabytes each). */
export class ScorerCache {
  readonly #backbone: Backbone;
  readonly #serdes: Serdes;
  readonly #most: number;
  readonly #loaded = new Map<string, Promise<Scorer>>();

  constructor(backbone: Backbone, serdes: Serdes, most = 32) {
    this.#backbone = backbone;
    this.#serdes = serdes;
    this.#most = most;
  }

  get(model: ModelRecorded): Promise<Scorer> {
    const id = model.artifact.sha256;
    const scorer = this.#loaded.get(id) ?? readArtifact(this.#backbone, this.#serdes, model.artifact).then(loadScorer);
    this.#loaded.delete(id);
    this.#loaded.set(id, scorer);
    scorer.catch(() => this.#loaded.delete(id));
    if (this.#loaded.size > this.#most) {
      // Not released here: it may be scoring. Its memory goes when nobody holds it.
      this.#loaded.delete(this.#loaded.keys().next().value!);
    }
    return scorer;
  }

  async close(): Promise<void> {
    for (const scorer of this.#loaded.values()) await scorer.then((loaded) => loaded.release()).catch(() => undefined);
    this.#loaded.clear();
  }
}
