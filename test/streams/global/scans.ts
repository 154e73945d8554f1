import { globalTable, type GlobalFold } from "../../../streams/global-source.ts";
import { defineTopic } from "../../../streams/topic.ts";

export const HOUR = 3_600_000;
export const NOW = Date.UTC(2026, 5, 1);
export const LATE = 2 * HOUR;
export const WINDOW = 3 * HOUR;
const schema = { type: "record", name: "N", fields: [{ name: "n", type: "int" }] } as const;
export const scans = defineTopic<{ n: number }>({ name: "scans", schema });
export const names = defineTopic<{ n: number }>({ name: "names", schema });
export const partTable = globalTable("parts", names);
export const known = ["a", "b", "c"];
export const partsOf = (table: { get(key: string): unknown }): string[] =>
  known.filter((part) => table.get(part) !== undefined);
export const tileOf = (time: number): number => Math.floor(time / HOUR) * HOUR;
export const isOver = (tile: number, time: number): boolean => tile + HOUR + WINDOW < time;

/** Counts scans by part and hour. A question looks back three hours. */
export const counts: GlobalFold<{ n: number }> = {
  kind: "fold",
  name: "counts",
  topic: scans,
  tables: [partTable],
  parts: {
    asked: (table) => partsOf(table(partTable)),
    needed: (table) => partsOf(table(partTable)),
    partOf: (key) => key.split("|")[0]!,
  },
  fold({ time }, bytes, table, scope) {
    const tile = tileOf(time);
    for (const part of partsOf(table(partTable))) {
      if (scope !== undefined && (!scope.parts.has(part) || isOver(tile, scope.since) || !isOver(tile, scope.until)))
        continue;
      const at = `${part}|${tile}`;
      bytes.put(at, Buffer.from(String(1 + Number(Buffer.from(bytes.get(at) ?? []).toString()))));
    }
  },
  lateMs: () => LATE,
  evict: (time, bytes) => {
    for (const key of bytes.keys()) if (isOver(Number(key.split("|")[1]), time)) bytes.delete(key);
  },
};

/** The same, on disk alone. */
export const countsOnDisk: GlobalFold<{ n: number }> = {
  ...counts,
  placeOf: (key) => ({ part: key.split("|")[0]!, number: Number(key.split("|")[1]), name: null }),
  parts: {
    ...counts.parts!,
    disk: {
      wanted: (table) => partsOf(table(partTable)),
      prefixOf: (part) => `${part}|`,
      runOf: (key) => key,
    },
  },
  evict: (time, bytes) => {
    for (const key of bytes.oldest((_part, tile) => isOver(tile, time))) bytes.delete(key);
  },
};
/** Parts are on disk if memory has no room. */
export const nothingWanted = { ...countsOnDisk.parts!.disk!, wanted: () => [] };
export const places = { memory: counts, disk: countsOnDisk } as const;
