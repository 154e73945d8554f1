import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { deadLetters, posteriors } from "../../schemas/index.ts";
import { readRefused, readTopic, type Backbone, type Serdes } from "../../streams/index.ts";
import { nameIn, posteriorPart, stateBytes, type PosteriorSeries } from "./posterior-states.ts";

/** A state with the event time of its latest row, ms. */
export interface NumberedState {
  readonly bytes: Uint8Array;
  readonly time: number;
}

/** All states of posteriors, in their series and by their numbers. */
export class KeptPosteriors implements PosteriorSeries {
  readonly #series = new Map<string, { numbers: number[]; keys: string[]; values: Uint8Array[] }>();
  readonly #numbered = new Map<string, NumberedState>();

  /** In the order of the topic, which is that of an option's numbers. */
  take(part: string, name: string, updates: number, { bytes, time }: NumberedState): void {
    this.#numbered.set(nameOf(part, name, updates), { bytes, time });
    const id = nameOf(part, name);
    const own = this.#series.get(id) ?? { numbers: [], keys: [], values: [] };
    this.#series.set(id, own);
    const before = own.numbers.at(-1);
    if (before !== undefined && before > time) return;
    const at = before === time ? own.numbers.length - 1 : own.numbers.length;
    own.numbers[at] = time;
    own.keys[at] = nameOf(part, name, updates);
    own.values[at] = bytes;
  }

  series(part: string, name: string): ReturnType<PosteriorSeries["series"]> {
    return this.#series.get(nameOf(part, name));
  }

  /** The state of an option after so many updates. */
  numbered({ blueprint, posterior }: CompiledBlueprint, optionId: string, updates: number): NumberedState | undefined {
    const part = posteriorPart(blueprint.useCase, posterior!.id);
    return this.#numbered.get(nameOf(part, nameIn(posterior!, optionId), updates));
  }
}

/** Neither a part nor a number has a bar. */
const nameOf = (part: string, name: string, updates?: number): string => `${part}|${updates ?? ""}|${name}`;

/** All of the topic, as an instance of the loop holds it. */
export async function readPosteriors({
  backbone,
  serdes,
}: {
  readonly backbone: Backbone;
  readonly serdes: Serdes;
}): Promise<KeptPosteriors> {
  const kept = new KeptPosteriors();
  if ((await backbone.partitions(posteriors.name)) === undefined) return kept;
  const refused = await readRefused(backbone, serdes, deadLetters, [posteriors.name]);
  for await (const { value, time, origin } of readTopic(backbone, serdes, posteriors, { onBad: () => undefined })) {
    if (refused.has(origin.topic, origin.partition, origin.offset)) continue;
    const { useCase, posterior, optionId, updates } = value;
    kept.take(posteriorPart(useCase, posterior), optionId ?? "", updates, { bytes: stateBytes(value), time });
  }
  return kept;
}
