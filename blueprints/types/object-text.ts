import { Document, isCollection, isScalar, Pair, Scalar, YAMLMap, YAMLSeq, type Node } from "yaml";

/** Something in an object that no YAML says. */
export interface Misplaced {
  /** As in `features[3].by`; empty for the object itself. */
  readonly path: string;
  readonly what: string;
  readonly hint: string;
}

const MOST_NESTED = 100;

/**
 * The YAML of a plain object: texts, finite numbers, booleans, lists and objects. Entries that are undefined are left
 * out. Small parts stand on one line, as people write them.
 */
export function objectText(object: unknown): { readonly text: string; readonly misplaced: readonly Misplaced[] } {
  const misplaced: Misplaced[] = [];
  const document = new Document(null);
  document.contents = nodeOf(object, "", [], misplaced) as typeof document.contents;
  const text = misplaced.length > 0 ? "" : document.toString({ lineWidth: 0, flowCollectionPadding: true });
  return { text, misplaced };
}

function nodeOf(value: unknown, path: string, above: readonly object[], misplaced: Misplaced[]): Node {
  const refuse = (what: string, hint: string): Node => {
    misplaced.push({ path, what, hint });
    return new Scalar(null);
  };
  if (typeof value === "string") {
    return value.isWellFormed()
      ? new Scalar(value)
      : refuse("half of a surrogate pair", "cut texts between characters");
  }
  if (value === null || typeof value === "boolean") return new Scalar(value);
  if (typeof value === "number") {
    return Number.isFinite(value) ? new Scalar(value) : refuse(`the number ${value}`, "write a finite number");
  }
  if (typeof value !== "object" || !isPlain(value))
    return refuse(nameOf(value), "write a text, a number, a boolean, a list or an object");
  if (above.includes(value)) return refuse("an object that is in itself", "take it out");
  if (above.length === MOST_NESTED) return refuse(`more than ${MOST_NESTED} levels`, "a blueprint has fewer");
  const inside = [...above, value];
  const node = Array.isArray(value)
    ? listOf(value, (item, at) => nodeOf(item, `${path}[${at}]`, inside, misplaced))
    : sectionOf(value, (entry, name) => nodeOf(entry, path === "" ? name : `${path}.${name}`, inside, misplaced));
  node.flow = isOnOneLine(node, above);
  return node;
}

function listOf(list: readonly unknown[], nodeOf: (item: unknown, at: number) => Node): YAMLSeq {
  const node = new YAMLSeq();
  // A hole of the list has its turn too.
  for (let at = 0; at < list.length; at++) node.items.push(nodeOf(list[at], at));
  return node;
}

function sectionOf(object: object, nodeOf: (entry: unknown, name: string) => Node): YAMLMap {
  const node = new YAMLMap();
  for (const [name, entry] of Object.entries(object)) {
    if (entry !== undefined) node.items.push(new Pair(new Scalar(name), nodeOf(entry, name)));
  }
  return node;
}

/** Lists of values, and small sections that are neither the file's own nor items of a list. */
function isOnOneLine(node: YAMLMap | YAMLSeq, above: readonly object[]): boolean {
  if (node instanceof YAMLSeq) return above.length > 0 && heightOf(node) === 1;
  return above.length > 1 && !Array.isArray(above.at(-1)) && heightOf(node) <= 2;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null || prototype === Object.prototype;
}

/** Levels of collections, this one included. */
function heightOf(node: unknown): number {
  if (!isCollection(node)) return 0;
  const parts = node.items.map((item) => (item instanceof Pair ? item.value : item));
  return 1 + Math.max(0, ...parts.map((part) => (isScalar(part) ? 0 : heightOf(part))));
}

function nameOf(value: unknown): string {
  if (value instanceof Date) return "a Date";
  return typeof value === "object" && value !== null
    ? "an object of a class"
    : value === undefined
      ? "undefined"
      : `a ${typeof value}`;
}
