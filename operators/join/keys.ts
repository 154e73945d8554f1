/** Keys of the join's timers and of its observations that have keys of their own. Ids and use cases may hold any character. */

/** Stands before the timers' keys: those of a former version are a decision id alone, and no id begins with it. */
const MARK = "\u0001";

export type JoinTimer =
  | { readonly kind: "use"; readonly useCase: string; readonly id: string }
  /** `index` of an observation with a key of its own; null: one of the first ones. */
  | { readonly kind: "orphan"; readonly index: number | null; readonly id: string }
  | { readonly kind: "former"; readonly id: string };

export const useTimer = (useCase: string, id: string): string => `${MARK}u${useCase.length}:${useCase}${id}`;
export const orphanTimer = (index: number | null, id: string): string => `${MARK}o${index ?? ""}:${id}`;

export function readTimer(key: string): JoinTimer {
  const colon = key.indexOf(":");
  if (!key.startsWith(MARK) || colon < 2) return { kind: "former", id: key };
  const number = key.slice(2, colon);
  const rest = key.slice(colon + 1);
  if (key[1] === "u") {
    const length = Number(number);
    return { kind: "use", useCase: rest.slice(0, length), id: rest.slice(length) };
  }
  return { kind: "orphan", index: number === "" ? null : Number(number), id: rest };
}

/** The decision id of an entry of a store, or without one of a timer. */
export function idOf({ store, key }: { readonly store?: string; readonly key: string }): string {
  if (store === undefined) return readTimer(key).id;
  if (store === "more") return key.slice(key.indexOf("/") + 1);
  return store === "names" ? behindTexts(key, 2) : key;
}

/** The rest of a key behind this many texts, each preceded by its length. */
function behindTexts(key: string, texts: number): string {
  if (texts === 0) return key;
  const colon = key.indexOf(":");
  return behindTexts(key.slice(colon + 1 + Number(key.slice(0, colon))), texts - 1);
}

export const moreKey = (index: number, id: string): string => `${index}/${id}`;

export const nameKey = (id: string, useCase: string, observationId: string): string =>
  `${useCase.length}:${useCase}${observationId.length}:${observationId}${id}`;
