import { BOUNDS, type Range } from "./defaults.ts";

/** The reference of one key: its type, the meaning of its absence or `required`, and its bounds. */
export type KeySaid = readonly [type: string, unsaid: string, bounds?: string];

/** By key, in the order of the reference. */
export type KeysSaid = Readonly<Record<string, KeySaid>>;

/** The reference of one key, as in docs/blueprint.md. */
export interface KeyReference {
  /** As in `label.wait`; NAME and KIND stand for names that the file chooses. */
  readonly path: string;
  readonly type: string;
  /** The meaning of an absent key; `required`. */
  readonly unsaid: string;
  /** Empty: none. */
  readonly bounds: string;
}

/** The references of a part that is one key with keys below it. */
export const keysOfPart = ({
  name,
  said,
  keys,
}: {
  readonly name: string;
  readonly said: KeySaid;
  keys(): KeysSaid;
}): readonly (readonly [string, KeySaid])[] => [
  [name, said],
  ...Object.entries(keys()).map(([key, of]) => [`${name}.${key}`, of] as const),
];

type Bound = keyof typeof BOUNDS;

/** `1 to 16` */
export function rangeText(of: Bound, show: (value: number) => string = String): string {
  const { min, max } = BOUNDS[of] as Range;
  return `${show(min)} to ${show(max)}`;
}

/** `at most 200 formulas` */
export const mostText = (of: Bound, what: string): string => `at most ${String(BOUNDS[of])} ${what}`;

/** A share as a percentage. */
export const percentText = (share: number): string => `${Number((share * 100).toPrecision(12))}%`;
