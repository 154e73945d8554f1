import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { columnOf, featuresOf, sharedFloats, vectorsOf, weightsOf, type TrainingMatrix } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import { brokenPromise } from "../../streams/index.ts";
import { encodeFeatures, learnCategories, type Categories } from "../../serving/index.ts";

/** Where some of the rows are: one after the other from a place on, or here and there. */
type Places = { readonly from: number; readonly count: number } | Uint32Array;

/**
 * Rows as float32, encoded once: whoever learns from some of them shares that memory, which a worker can read without a
 * copy. Afterwards nobody reads the features of the rows themselves. Only where some rows lack a category that others have
 * are their features copied, with the numbers that the categories then have.
 */
export class EncodedRows {
  readonly #rows: readonly TrainingRow[];
  readonly #columns: number;
  /** Names of the columns of categories, by their places. */
  readonly #named: ReadonlyMap<number, string>;
  /** Of all rows. */
  readonly #categories: Categories;
  readonly #features: Float32Array;
  readonly #weights: Float32Array | undefined;
  #places: Map<TrainingRow, number> | undefined;

  /** @param rows each has a weight, if the blueprint gives rows weights */
  constructor({ layout, weight }: CompiledBlueprint, rows: readonly TrainingRow[]) {
    const named = layout.filter(({ kind }) => kind === "category").map((column, index) => ({ ...column, index }));
    this.#rows = rows;
    this.#columns = layout.length;
    this.#named = new Map(layout.flatMap(({ kind, name }, column) => (kind === "category" ? [[column, name]] : [])));
    this.#categories = learnCategories(named, named.length === 0 ? [] : vectorsOf(rows, named));
    this.#features = featuresOf(rows, layout, encodeFeatures(layout, this.#categories));
    this.#weights = weight && weightsOf(rows, weight);
  }

  /** The categories that some of the rows have. */
  categoriesOf(some: readonly TrainingRow[]): Categories {
    if (some.length === this.#rows.length) return this.#categories;
    const found = [...this.#named].map(([column, name]) => {
      const all = this.#categories[name]!;
      const isThere = new Uint8Array(all.length);
      this.#each(this.#placesOf(some), (place) => {
        const code = this.#features[place * this.#columns + column]!;
        if (!Number.isNaN(code)) isThere[code] = 1;
      });
      return [name, all.filter((_, code) => isThere[code] === 1)] as const;
    });
    return Object.fromEntries(found);
  }

  /**
   * @param column of the label; each of these rows has one there
   * @param categories that the model knows: all others are missing
   */
  matrixOf(some: readonly TrainingRow[], column: string, categories: Categories): TrainingMatrix {
    const places = this.#placesOf(some);
    const labels = columnOf(some, column);
    const weights = this.#weights && picked(this.#weights, places, 1);
    const features = this.#recoded(picked(this.#features, places, this.#columns), categories);
    return { features, labels, ...(weights && { weights }), rows: some.length, columns: this.#columns };
  }

  /** With the numbers of other categories, if they are others. */
  #recoded(features: Float32Array, categories: Categories): Float32Array {
    const others = [...this.#named].filter(([, name]) => categories[name]!.length !== this.#categories[name]!.length);
    if (others.length === 0) return features;
    const copy = sharedFloats(features.length);
    copy.set(features);
    for (const [column, name] of others) {
      const codes = new Map(categories[name]!.map((category, code) => [category, code]));
      const codeOf = Float32Array.from(this.#categories[name]!, (category) => codes.get(category) ?? Number.NaN);
      for (let at = column; at < copy.length; at += this.#columns)
        if (!Number.isNaN(copy[at])) copy[at] = codeOf[copy[at]!]!;
    }
    return copy;
  }

  #placesOf(some: readonly TrainingRow[]): Places {
    const from = some.length === 0 ? 0 : this.#rows.indexOf(some[0]!);
    if (some.every((row, at) => this.#rows[from + at] === row)) return { from, count: some.length };
    this.#places ??= new Map(this.#rows.map((row, place) => [row, place]));
    return Uint32Array.from(some, (row) => {
      const place = this.#places!.get(row);
      if (place === undefined) throw brokenPromise("a row that is learnt from or judged by was not encoded");
      return place;
    });
  }

  #each(places: Places, take: (place: number) => void): void {
    if (places instanceof Uint32Array) for (const place of places) take(place);
    else for (let at = 0; at < places.count; at++) take(places.from + at);
  }
}

/** So many numbers of each place; those of rows that follow each other are no copy. */
function picked(all: Float32Array, places: Places, each: number): Float32Array {
  if (!(places instanceof Uint32Array)) return all.subarray(each * places.from, each * (places.from + places.count));
  const some = sharedFloats(each * places.length);
  for (const [at, place] of places.entries()) some.set(all.subarray(each * place, each * (place + 1)), each * at);
  return some;
}
