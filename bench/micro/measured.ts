import type { Variant } from "../rounds.ts";

export interface MicroVariant extends Variant {
  /** How many of what the name says a run does. */
  readonly items: number;
}

/** Variants that share what they need. */
export interface Measured {
  readonly variants: readonly MicroVariant[];
  close(): Promise<void>;
}
