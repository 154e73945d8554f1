/** The most parts of a row's key. */
export const MOST_KEYS = 3;

/**
 * The parts of a row's key as one text: joined by `/`, with `/` and `%` escaped, so that no two keys share a text. Most
 * keys are one part without either, and are their own text.
 */
export function rowKey(parts: readonly string[]): string {
  return parts.length === 1 ? escaped(parts[0]!) : parts.map(escaped).join("/");
}

const escaped = (part: string): string =>
  part.includes("/") || part.includes("%") ? part.replaceAll("%", "%25").replaceAll("/", "%2F") : part;

/** The parts of a key's text. */
export const partsOfKey = (key: string): readonly string[] =>
  key.split("/").map((part) => part.replaceAll("%2F", "/").replaceAll("%25", "%"));

/**
 * The key of a record on the topic of rows: `planes/N12345@1362096000000`. It names the version of a row, and not only
 * the row: compaction keeps one record of each key, so a key without the time would lose the versions before.
 */
export const versionKey = (table: string, key: readonly string[], validFrom: number): string =>
  `${table}/${rowKey(key)}@${validFrom}`;

const VERSION = /^([^/]+)\/(.+)@(\d{1,15})$/s;

/** The parts of such a key; `undefined`: it is none. */
export function partsOfVersionKey(
  text: string,
): { readonly table: string; readonly row: string; readonly validFrom: number } | undefined {
  const [, table, row, time] = VERSION.exec(text) ?? [];
  return table === undefined || row === undefined ? undefined : { table, row, validFrom: Number(time) };
}
