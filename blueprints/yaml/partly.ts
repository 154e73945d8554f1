/**
 * What was read of a section: `undefined` is what was complained about, and what depends on that. A check that needs it is skipped, since it would
 * say something about a value that nobody wrote.
 */
export type Partly<T> = { readonly [K in keyof T]: T[K] | undefined };

/** All of it; `undefined` where a part is missing. */
export function whole<T extends object>(read: Partly<T> | undefined): T | undefined {
  if (read === undefined) return undefined;
  return Object.values(read).includes(undefined) ? undefined : (read as T);
}

/** Names with what is known of each. */
export interface Names<T> {
  readonly known: Readonly<Record<string, T>>;
  /** False: a part of them could not be read. A name that is not known may have been meant there, and is not complained about. */
  readonly complete: boolean;
}

/** Of a section that is missing or is none. */
export const nothingRead = Object.freeze({ known: Object.freeze({}), complete: false });
