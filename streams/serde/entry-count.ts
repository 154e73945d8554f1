/** A class whose constructor gives the object back that it was given: its private fields come to that object, where nothing else can see them. */
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

/** How many entries a map has: of a large one that was decoded, how many it was written with, where a name may have been written twice. */
export function entryCount(map: object): number {
  return Counted.entriesOf(map) ?? Object.keys(map).length;
}
