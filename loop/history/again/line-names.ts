import { hash } from "node:crypto";
import type { Candidate, LoggedAction } from "../../../schemas/index.ts";
import { setOwn } from "../../../streams/index.ts";
import type { Cell } from "../lines/records.ts";

type Values = Readonly<Record<string, Cell>>;
/** Those of values in the order of their names, where they are known: to make the text of a number takes long. */
type Texts = readonly (string | undefined)[];

/**
 * Names a line of history by its content: eight bytes, as a number. Of a million lines of one hour, two agree once in
 * forty million times.
 */
export type LineName = bigint;

/** A decision is known by its id and its time: another context under them is not another decision. */
export function decisionName(id: string, time: number): LineName {
  return nameOf(`d\0${time}\0${id}`);
}

/** Facts by which a line is found again after its content has changed. */
export interface LineFacts {
  /** Names the subject of the line, whatever its values: a decision's id and time; for an observation its kind too. */
  readonly place: bigint;
  /** Names the values and the decision, whatever the time. */
  readonly content: bigint;
  /** Event time, ms. */
  readonly time: number;
  /** The event among its records has no keys of a decision. */
  readonly keyless?: boolean;
}

export function decisionFacts(
  id: string,
  time: number,
  values: Values,
  logged: LoggedAction | null,
  candidates: readonly Candidate[] = [],
  texts?: Texts,
): LineFacts {
  const action =
    logged === null ? "" : `\0\0${String(logged.value)}\0${String(logged.propensity)}${likelyText(logged)}`;
  return {
    place: decisionName(id, time),
    content: nameOf(`c\0${id}${textOf(values, texts)}${action}${optionsText(candidates)}`),
    time,
  };
}

/** Names of lines from before there were distributions stay as they are. */
const likelyText = ({ distribution, positions }: LoggedAction): string =>
  distribution.length + positions.length === 0 ? "" : `\0${[...distribution, "", ...positions].join("\0")}`;

const optionsText = (candidates: readonly Candidate[]): string =>
  candidates.map(({ optionId, context }) => `\0\0o${optionId}${textOf(context)}`).join("");

/** @param optionId empty: of all options of the decision */
export function observationFacts(id: string, time: number, values: Values, optionId = ""): LineFacts {
  const place = nameOf(`p\0${time}\0${id}\0${String(values["kind"] ?? "")}${optionText(optionId)}`);
  return { place, content: nameOf(`s\0${id}${textOf(values)}${optionText(optionId)}`), time };
}

const optionText = (optionId: string): string => (optionId === "" ? "" : `\0\0o${optionId}`);

/**
 * The upper half of the content names all but the numbers: a corrected number is a change, and other keys are another
 * event.
 */
export function eventFacts(kind: string, time: number, values: Values, isNumber: (name: string) => boolean): LineFacts {
  const rest: Record<string, Cell> = {};
  for (const name of Object.keys(values)) if (!isNumber(name)) setOwn(rest, name, values[name]!);
  const [who, what] = [nameOf(`w\0${textOf(rest)}`), nameOf(`v\0${textOf(values)}`)];
  return { place: nameOf(`e\0${time}\0${kind}`), content: (who & UPPER) | (what & LOWER), time };
}

const [LOWER, UPPER] = [0xffff_ffffn, 0xffff_ffff_0000_0000n];

/** Events of one time and kind that agree in it are the same one but for their numbers. */
export const whoOf = ({ content }: LineFacts): bigint => content & UPPER;

/**
 * Hash of all cells of a line, whatever their order.
 * @param beside what the line says beside them
 */
export function cellsName(cells: Values, beside: Cell = null): bigint {
  const texts = orderOf(Object.keys(cells)).sorted.flatMap((name) => {
    const cell = cells[name];
    return cell === null || cell === undefined || cell === "" ? [] : [name, String(cell)];
  });
  // Cells may hold NUL, which other names of lines have between their parts.
  return nameOf(JSON.stringify([texts, String(beside)]));
}

/** A line that can't be used is known by its place and text. */
export function badLineName(file: string, line: number, text: string): LineName {
  return nameOf(`b\0${file}\0${line}\0${text}`);
}

/**
 * Names observations and events by their time and values, and by how many equal ones came before in the same file. So
 * two equal lines of a file are two, and the same line in another file is the same one. Give the lines in the order of
 * their times.
 */
export class OccurrenceNames {
  #time = Number.NaN;
  readonly #seen = new Map<string, number>();

  /** @param id of the decision; empty: it has none. A value means the same however its file wrote it: 5, "5" and 5.0. */
  of(id: string, time: number, values: Values, optionId = ""): LineName {
    if (time !== this.#time) {
      this.#time = time;
      this.#seen.clear();
    }
    const text = `o\0${time}\0${id}${textOf(values)}${optionText(optionId)}`;
    const before = this.#seen.get(text) ?? 0;
    this.#seen.set(text, before + 1);
    return nameOf(before === 0 ? text : `${text}\0\0${before}`);
  }
}

function textOf(values: Values, texts?: Texts): string {
  const { places, heads } = orderOf(Object.keys(values));
  const given = Object.values(values);
  const parts: string[] = [];
  for (let at = 0; at < places.length; at++) {
    const place = places[at]!;
    const value = given[place];
    if (value !== null && value !== undefined && value !== "") parts.push(heads[at]!, texts?.[place] ?? String(value));
  }
  return parts.join("");
}

/** Names in the order of their characters. */
interface NameOrder {
  readonly names: readonly string[];
  readonly sorted: readonly string[];
  /** The places of the sorted names among the names. */
  readonly places: readonly number[];
  /** The text before each value. */
  readonly heads: readonly string[];
}

/** By how many names there are: the lines of a file have the same ones in the same order. */
const ordersBefore = new Map<number, NameOrder>();

function orderOf(names: readonly string[]): NameOrder {
  const before = ordersBefore.get(names.length);
  if (before !== undefined && names.every((name, at) => name === before.names[at])) return before;
  const places = names.map((_, at) => at).sort((a, b) => (names[a]! < names[b]! ? -1 : 1));
  const sorted = places.map((at) => names[at]!);
  const order = { names, sorted, places, heads: sorted.map((name) => `\0${name}\0`) };
  ordersBefore.set(names.length, order);
  return order;
}

const nameOf = (text: string): LineName => hash("sha1", text, "buffer").readBigUInt64LE(0);
