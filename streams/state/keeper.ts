import { isTimer, timerOf } from "./timer-keys.ts";

/** Operators' names are text; names before them are the runtime's own. */
const FIRST_STORE = " ";

export interface Keeper {
  readonly operator: string;
  /** Absent: it is a timer. */
  readonly store?: string;
  readonly key: string;
}

/** The operator that keeps a change, and the key; `undefined` for a change of the task as a whole. */
export function keeperOf(name: string): Keeper | undefined {
  if (isTimer(name)) {
    const { operator, key } = timerOf(name);
    return { operator, key };
  }
  if (name < FIRST_STORE) return undefined;
  const nul = name.indexOf("\0");
  const [operator, store] = splitName(name.slice(0, nul));
  return { operator, store, key: name.slice(nul + 1) };
}

/** The operator and the store of a name. */
export function splitName(name: string): readonly [operator: string, store: string] {
  const dot = name.lastIndexOf(".");
  return [name.slice(0, dot), name.slice(dot + 1)];
}
