import { hash } from "node:crypto";
import type { Cell } from "./records.ts";

/** Names a line of history by what it says. Eight bytes, as a number: of a million lines of one hour, two agree once in forty million times. */
export type LineName = bigint;

/** A decision is known by its id and its time: another context under them is not another decision. */
export function decisionName(id: string, time: number): LineName {
  return nameOf(`d\0${time}\0${id}`);
}

/** A line that can't be used is known by its place and text. */
export function badLineName(file: string, line: number, text: string): LineName {
  return nameOf(`b\0${file}\0${line}\0${text}`);
}

/**
 * Names observations and events: by their time and values, and by how many equal ones came before in the same file. So two equal lines of a
 * file are two, and the same line met in another file is the same one. Lines are to be given in the order of their times.
 */
export class OccurrenceNames {
  #time = Number.NaN;
  readonly #seen = new Map<string, number>();

  /** @param id of the decision; empty: it has none. A value means the same however its file wrote it: 5, "5" and 5.0. */
  of(id: string, time: number, values: Readonly<Record<string, Cell>>): LineName {
    if (time !== this.#time) {
      this.#time = time;
      this.#seen.clear();
    }
    let text = `o\0${time}\0${id}`;
    for (const name of Object.keys(values).sort()) {
      const value = values[name];
      if (value !== null && value !== undefined && value !== "") text += `\0${name}\0${String(value)}`;
    }
    const before = this.#seen.get(text) ?? 0;
    this.#seen.set(text, before + 1);
    return nameOf(before === 0 ? text : `${text}\0\0${before}`);
  }
}

const nameOf = (text: string): LineName => hash("sha1", text, "buffer").readBigUInt64LE(0);
