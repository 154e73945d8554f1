import { createHash } from "node:crypto";
import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { EpisodeStep } from "../../schemas/index.ts";
import { episodesTopic } from "./episode-schema.ts";

/** Counts steps and hashes their canonical Avro bytes, as they pass by. */
export class StepsHash {
  readonly #type: ReturnType<typeof episodesTopic>["type"];
  readonly #hash = createHash("sha256");
  #steps = 0;
  #reward = 0;

  constructor(compiled: CompiledBlueprint) {
    this.#type = episodesTopic(compiled).type;
  }

  take(step: EpisodeStep): void {
    this.#hash.update(this.#type.toBuffer(step));
    this.#steps += 1;
    this.#reward += step.reward ?? 0;
  }

  /** May be asked once. `reward` is the sum of all that are known. */
  end(): { readonly steps: number; readonly reward: number; readonly sha256: string } {
    return { steps: this.#steps, reward: this.#reward, sha256: this.#hash.digest("hex") };
  }
}
