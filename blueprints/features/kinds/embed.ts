import { BOUNDS, DEFAULTS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import { KnownRows } from "../../tables/known-rows.ts";
import { rowKey } from "../../tables/row-key.ts";
import { packedValue, packedVector } from "../../tables/row-values.ts";
import type { RowsOf } from "../../tables/row-versions.ts";
import type { Slot, TableFieldType } from "../../blueprint.ts";
import { categoryOf } from "../../values/category-value.ts";
import { vectorLength } from "../../values/declared-value.ts";
import { whole } from "../../yaml/partly.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { readNumber } from "../../yaml/scalars.ts";
import { optional, readSection, required } from "../../yaml/section.ts";
import type { FeatureKind, FeaturesKnown, InputValue, ReadFeature, TableKnown } from "../feature-kind.ts";
import { givenInputs, readInput, type Input } from "../inputs.ts";
import { KEY_OF_ROW, keyInput, readRowKey, readTable, readTableField } from "../table-names.ts";
import { wordsOf } from "../words.ts";

/** A number of the mean of a text's word vectors, which are rows of a table. */
export interface EmbedFeature {
  readonly kind: "embed";
  readonly name: string;
  /** The text; of a field of a table the parts of the row's key. */
  readonly inputs: readonly Input[];
  /** The field with the text; absent: it is the input itself. */
  readonly from?: { readonly table: string; readonly field: string };
  /** The table of words, by the word. */
  readonly words: string;
  /** Its field with the vector, and how many numbers that has. */
  readonly vector: string;
  readonly length: number;
  /** Its field with the word's share of all words; absent: all words weigh the same. */
  readonly share?: string;
  /** A word of this share has half the weight of a rare one. */
  readonly smooth?: number;
  readonly slot: Slot;
}

declare module "../../blueprint.ts" {
  interface FeatureKinds {
    embed: EmbedFeature;
  }
}

/**
 * The mean of the vectors of the words that the table has, each by its weight `smooth / (smooth + share)`. All numbers
 * are missing if the text is, or if the table has none of its words. After S. Arora et al., "A Simple but Tough-to-Beat
 * Baseline for Sentence Embeddings" (2017), without the removal of the common component.
 */
export const embedKind: FeatureKind<EmbedFeature> = {
  name: "embed",
  written: "section",
  keys: () => ({
    embed: [
      "a text or category of `context`, or a category above; with `from` a text or category of that table",
      "required",
    ],
    from: ["one of `tables`, with `by`", "the text is of the decision itself"],
    by: KEY_OF_ROW,
    words: ["one of `tables`, with one key", "required with `embed`"],
    vector: ["a field of that table: vector(N)", "required with `embed`"],
    share: ["a field of that table: number", "all words weigh the same"],
    smooth: ["number", String(DEFAULTS.smooth), rangeText("smooth")],
  }),
  marks: () => ["embed"],
  read,
  canonical: (feature) => feature,
  describe: ({ slot, ...feature }) => `number ${slot.at} of ${inWords(feature)}`,
  describeSlots: ([first]) => inWords(first!),
  columnDoc: ({ slot, ...feature }) => `Number ${slot.at} of ${inWords(feature)}; null when no word was known.`,
  type: () => "number",
  compute(feature) {
    const { words: table, vector, share, length, from, slot } = feature;
    const { names, entries, at } = givenInputs(feature.inputs);
    const embed = embedding(feature);
    const wordsIn = from === undefined ? null : wordsInRows(from);
    const all = (given: readonly InputValue[], time: number, rows: RowsOf): readonly number[] => {
      const parts = at.map((place) => given[place] ?? null);
      if (wordsIn !== null) return isRowKey(parts) ? embed(wordsIn.at(rows, rowKey(parts), time), time, rows) : [];
      const [text] = parts;
      return typeof text === "string" ? embed(wordsOf(text), time, rows) : [];
    };
    const type: TableFieldType = `vector(${length})`;
    return {
      ...({ from: "features", names, entries } as const),
      reads: [
        ...(from === undefined ? [] : [{ ...from, type: "text" as const }]),
        { table, field: vector, type },
        ...(share === undefined ? [] : [{ table, field: share, type: "number" as const }]),
      ],
      value: (given, time, rows) => all(given, time, rows)[slot.at] ?? null,
      slots: all,
    };
  },
};

function inWords({
  inputs,
  from,
  words,
  vector,
  length,
  share,
  smooth,
}: Omit<EmbedFeature, "slot" | "kind" | "name">): string {
  const weighed = share === undefined ? "" : `, weighed by ${share} with smooth ${smooth}`;
  const names = inputs.map(({ name }) => name).join("+");
  const text = from === undefined ? names : `${from.field} of table ${from.table} by ${names}`;
  return `the mean ${vector} of table ${words} over the words of ${text}, a vector(${length})${weighed}`;
}

const isRowKey = (parts: readonly InputValue[]): parts is readonly string[] =>
  parts.every((part) => typeof part === "string");

const noWords: readonly string[] = Object.freeze([]);
/** A text has about so many words, in what is kept of rows. */
const WORDS_OF_A_TEXT = 8;

/** The words of the text in a row. */
function wordsInRows({ table, field }: { readonly table: string; readonly field: string }) {
  const name = Buffer.from(field);
  return new KnownRows(table, WORDS_OF_A_TEXT, (values) => {
    const text = values === undefined ? undefined : categoryOf(packedValue(values, name));
    return typeof text === "string" ? wordsOf(text) : noWords;
  });
}

type Table = Pick<EmbedFeature, "words" | "vector" | "length" | "share" | "smooth">;

/** A function that makes the vector of a text; empty: none of its words has one. */
function embedding({ words: table, vector: field, length, share, smooth = 0 }: Table) {
  const vectorName = Buffer.from(field);
  const shareName = share === undefined ? null : Buffer.from(share);
  /** Of a word its vector by its weight; null: it has none. */
  const weighed = new KnownRows(table, length, (values) => {
    const vector = values === undefined ? null : packedVector(values, vectorName, length);
    if (vector === null) return null;
    const common = shareName === null ? null : packedValue(values!, shareName);
    const weight = typeof common === "number" && common > 0 ? smooth / (smooth + common) : 1;
    return vector.map((value) => weight * value);
  });
  return (words: readonly string[], time: number, rows: RowsOf): readonly number[] => {
    const sum = new Array<number>(length).fill(0);
    let found = 0;
    for (const word of words) {
      // Letters, marks and digits are their own key.
      const vector = weighed.at(rows, word, time);
      if (vector === null) continue;
      for (let at = 0; at < length; at++) sum[at]! += vector[at]!;
      found++;
    }
    if (found === 0) return [];
    const mean = sum.map((value) => value / found);
    return mean.every(Number.isFinite) ? mean : [];
  };
}

function read(place: Place, name: string, known: FeaturesKnown): ReadFeature<EmbedFeature> {
  const section = readSection(place, Object.keys(embedKind.keys()));
  const from = optional(section, "from", null, (at) => readTable(at, known));
  const of = typeof from === "string" ? known.tables.known[from] : undefined;
  const by = section?.fields.get("by");
  if (from === null && by !== undefined) complain(by, "by is for a text of a table", "name the table: from");
  const field = typeof from !== "string" ? null : required(section, "embed", (at) => readTextField(at, from, of));
  const inputs =
    from === null
      ? required(section, "embed", (at) => readText(at, name, known))
      : required(section, "by", (at) => readRowKey(at, from, of, known)?.map((part) => keyInput(part, known)));
  const words = required(section, "words", (at) => readWords(at, known));
  const table = words === undefined ? undefined : known.tables.known[words];
  const vector = required(section, "vector", (at) => readField(at, words, table, "vector"));
  const share = optional(section, "share", null, (at) => readField(at, words, table, "number"));
  const smooth = optional(section, "smooth", null, (at) => readNumber(at, BOUNDS.smooth));
  if (share === null && smooth !== null && smooth !== undefined)
    complain(section!.fields.get("smooth")!, "smooth is for weights by the share of words", "name its field: share");
  const length = vector === undefined ? undefined : vectorLength(table!.fields.known[vector]!);
  const all = whole({ inputs, field, from, words, vector, length, share, smooth });
  if (all === undefined) return "unusable";
  const text = all.from === null ? {} : { from: { table: all.from, field: all.field! } };
  const weighed = all.share === null ? {} : { share: all.share, smooth: all.smooth ?? DEFAULTS.smooth };
  const own = { inputs: all.inputs, ...text, words: all.words, vector: all.vector, length: all.length, ...weighed };
  return Array.from({ length: all.length }, (_, at) => ({
    ...({ kind: "embed", name: `${name}_${at}`, ...own } as const),
    slot: { of: name, at },
  }));
}

function readText(place: Place, name: string, known: FeaturesKnown): readonly Input[] | undefined {
  const input = readInput(place, name, known, ["text", "category"], "a text or a category");
  return input === undefined ? undefined : [input];
}

function readTextField(place: Place, table: string, of: TableKnown | undefined): string | undefined {
  const field = readTableField(place, table, of);
  const type = field === undefined ? undefined : of?.fields.known[field];
  if (type === undefined || type === "text" || type === "category") return field;
  return complain(place, `"${field!}" is a ${type}`, "an embedding is of a text or a category");
}

/** A table by one key: the word. */
function readWords(place: Place, known: FeaturesKnown): string | undefined {
  const table = readTable(place, known);
  const key = table === undefined ? undefined : known.tables.known[table]?.key;
  if (key === undefined || key.length === 1) return table;
  return complain(place, `table "${table!}" has ${key.length} keys`, "a table of words has one: the word");
}

function readField(
  place: Place,
  table: string | undefined,
  of: TableKnown | undefined,
  wanted: "vector" | "number",
): string | undefined {
  const field = readTableField(place, table, of);
  const type = field === undefined ? undefined : of?.fields.known[field];
  if (type === undefined) return undefined;
  if (wanted === "number" ? type === "number" : vectorLength(type) !== undefined) return field;
  const hint = wanted === "number" ? "a share is a number" : "the vector of a word is a vector(N)";
  return complain(place, `"${field!}" is a ${type}`, hint);
}
