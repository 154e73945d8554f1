import { formatDuration, type StateCosts } from "../../blueprints/index.ts";

const MIB = 1 << 20;
const WHERE = {
  memory: "in memory",
  disk: "on disk",
  keyed: "on disk, a part of the keys in each",
} as const;

/** What a blueprint's state asks of each process, for people; nothing if it has none. */
export function costsText({ windows, tables }: StateCosts): readonly string[] {
  const lines = [
    ...windows.map(({ event, by, windows: count, place, tilesRead, tileMs, eventBytes, tileBytes }) => {
      const keys = by.length === 0 ? "of all keys together" : `by ${by.join(" and ")}`;
      const shared = count === 1 ? "1 window" : `${count} windows`;
      const where = WHERE[place];
      return (
        `  ${shared} over ${event} ${keys}, ${where}: ${eventBytes} bytes an event, and about ${tileBytes} for each ` +
        `${formatDuration(tileMs)} in which a key has any; a decision reads up to ${tilesRead} such stretches`
      );
    }),
    ...tables.map(
      ({ table, rows, bytes }) =>
        `  table ${table}, in memory: up to ${rows.toLocaleString("en")} versions of rows, ${Math.ceil(bytes / MIB)} MiB`,
    ),
  ];
  return lines.length === 0 ? [] : ["its state, in every process of the loop:", ...lines];
}
