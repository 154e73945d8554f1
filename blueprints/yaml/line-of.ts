import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from "yaml";

/** A path in words, with its line if one declares it. */
export function placeInText(text: string, path: string): string {
  const line = lineOf(text, path);
  return line === null ? path : `${path} in line ${line}`;
}

/**
 * The line of a declared name in a blueprint that was read before, 1-based: `features.zip`, `observations.amount`,
 * `tables.depots.fields.bays`. Null if no line declares it alone, such as a column that several labels have.
 */
function lineOf(text: string, path: string): number | null {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: "silent", uniqueKeys: false });
  const [section = "", ...names] = path.split(".");
  const name = names.at(-1) ?? "";
  let places: readonly (Node | undefined)[];
  if (section === "features") {
    const items = namesIn(document.get(section, true));
    // A column of an item that makes several begins with the item's name.
    places = [items.find((item) => item.value === name) ?? items.find((item) => name.startsWith(`${item.value}_`))];
  } else if (section === "observations") {
    const events = document.get("events", true);
    const fields = isMap(events)
      ? events.items.flatMap(({ value }) => (isMap(value) ? [value.get("fields", true)] : []))
      : [];
    places = [document.get(section, true), ...fields].map((of) => namesIn(of).find(({ value }) => value === name));
  } else {
    const above = document.getIn([section, ...names.slice(0, -1)], true);
    places = [namesIn(above).find(({ value }) => value === name)];
  }
  const offset = places.find((place) => place !== undefined)?.range?.[0];
  return offset === undefined ? null : lines.linePos(offset).line;
}

/** The keys of a mapping; of a list its texts, and the first key of each mapping in it. */
function namesIn(node: unknown): readonly (Node & { readonly value: string })[] {
  const keys = isMap(node)
    ? node.items.map(({ key }) => key)
    : isSeq(node)
      ? node.items.map((item) => (isMap(item) ? item.items[0]?.key : item))
      : [];
  return keys.flatMap((key) =>
    isScalar(key) && typeof key.value === "string" ? [key as Node & { value: string }] : [],
  );
}
