/**
 * The readable part of a section: `undefined` for each value that was reported, or that depends on one. A check that
 * needs such a value is skipped: it would judge a value that nobody wrote.
 */
export type Partly<T> = { readonly [K in keyof T]: T[K] | undefined };

/** All of it; `undefined` if a part is missing. */
export function whole<T extends object>(read: Partly<T> | undefined): T | undefined {
  if (read === undefined) return undefined;
  return Object.values(read).includes(undefined) ? undefined : (read as T);
}

/** Names, each with its meaning. */
export interface Names<T> {
  readonly known: Readonly<Record<string, T>>;
  /** False: some could not be read. An unknown name may be one of those, and is not reported. */
  readonly complete: boolean;
}

/** Of a section that is missing, or is no section. */
export const nothingRead = Object.freeze({ known: Object.freeze({}), complete: false });
