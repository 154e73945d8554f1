/** Bars under each other; the longest is as long as there is room for. */
export interface Bars {
  readonly rows: readonly {
    readonly name: string;
    /** 0 and more. */
    readonly lengths: readonly number[];
    readonly said: string;
  }[];
  /** What the bars of a row are, where it has several. */
  readonly legend?: readonly string[] | undefined;
}

/** A part of what is told of a model: sentences, then bars or a table. */
export interface Chapter {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly bars?: Bars | undefined;
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly (string | number)[])[] };
}

export interface Story {
  readonly title: string;
  readonly chapters: readonly Chapter[];
}
