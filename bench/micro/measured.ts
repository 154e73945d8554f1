import type { Variant } from "../rounds.ts";

export interface MicroVariant extends Variant {
  /** How many of the named items a run does. */
  readonly items: number;
}

/** Variants that share their parts. */
export interface Measured {
  readonly variants: readonly MicroVariant[];
  close(): Promise<void>;
}
