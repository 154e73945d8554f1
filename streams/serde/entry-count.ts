/**
 * A class whose constructor returns the object that it was given. Its private fields come to that object, hidden from
 * everything else.
 */
const Given = function (this: object, object: object): object {
  return object;
} as unknown as new (object: object) => object;

class Counted extends Given {
  readonly #entries: number;

  constructor(object: object, entries: number) {
    super(object);
    this.#entries = entries;
  }

  static entriesOf(object: object): number | undefined {
    return #entries in object ? (object as Counted).#entries : undefined;
  }
}

/** Those of a smaller map are counted faster than they are remembered. */
const FEW = 8;

/** Remembers how many entries a map was written with. To be called before anything else is added to it. */
export function rememberEntries(map: object, entries: number): void {
  if (entries > FEW) new Counted(map, entries);
}

/**
 * The number of a map's entries. For a large decoded map it is the number as written, since a name may have been
 * written twice.
 */
export function entryCount(map: object): number {
  return Counted.entriesOf(map) ?? Object.keys(map).length;
}
