import type { DecisionLabelling } from "./decision-labelling.ts";

/** Most observations over all remembered labellings, at about 200 bytes each. */
const MOST_COUNTED = 100_000;

interface Remembered {
  readonly state: string;
  readonly labelling: DecisionLabelling;
}

/**
 * The labellings of decisions with many observations, so that one more does not need a reading of all others. Only a
 * memory of the state: each labelling belongs to the state it was made from, and is made anew for another state. The
 * least recently used one goes first.
 */
export class Labellings {
  readonly #remembered = new Map<string, Remembered>();
  #counted = 0;

  take(decision: string, state: string): DecisionLabelling | undefined {
    const found = this.#remembered.get(decision);
    this.forget(decision);
    return found?.state === state ? found.labelling : undefined;
  }

  forget(decision: string): void {
    const found = this.#remembered.get(decision);
    if (found === undefined) return;
    this.#remembered.delete(decision);
    this.#counted -= found.labelling.counted;
  }

  /** Take it again before it changes. */
  remember(decision: string, state: string, labelling: DecisionLabelling): void {
    this.forget(decision);
    this.#remembered.set(decision, { state, labelling });
    this.#counted += labelling.counted;
    while (this.#counted > MOST_COUNTED && this.#remembered.size > 1) {
      this.forget(this.#remembered.keys().next().value!);
    }
  }
}
