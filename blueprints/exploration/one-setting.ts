import type { Exploration } from "../config/exploration-config.ts";
import { BOUNDS } from "../defaults.ts";
import { rangeText } from "../key-reference.ts";
import type { ExplorationKind } from "./exploration-kind.ts";

/** A kind of exploration with one setting, which is the value of its key. */
export interface OneSetting<K extends string> {
  readonly kind: K;
  /** A number, or the name of a parameter. */
  readonly setting: number | string;
}

type WithOneSetting = Extract<Exploration, { readonly setting: number | string }>;

/**
 * The parts of such a kind that are about its key.
 *
 * @param what the setting in words, for the reference
 */
export const oneSetting = <E extends WithOneSetting>(
  name: E["kind"],
  what: string,
  bound: "probability" | "temperature",
): Pick<ExplorationKind<E>, "name" | "said" | "keys" | "read" | "describe" | "canonical"> => ({
  name,
  said: [`number: ${what}, or a parameter`, "one kind is required", rangeText(bound)],
  keys: () => ({}),
  read(place, { setting: settingAt }) {
    const setting = settingAt(place, BOUNDS[bound]);
    return setting === undefined ? undefined : ({ kind: name, setting } as E);
  },
  describe: ({ setting }) => [[name, setting]],
  canonical: ({ setting }) => setting,
});
