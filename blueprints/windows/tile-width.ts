const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Each at most twice the one before, so that a window always finds one that cuts it into 8 to 16 tiles. */
const WIDTHS: readonly number[] = [
  ...[1, 2, 4, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 4, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 4, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 4, 7, 14, 28, 56, 112].map((n) => n * DAY),
];

/** Tiles of a window, at least. A unit has few events: what costs its decisions is the number of tiles that are read. */
const LEAST_TILES = { byUnit: 3, byOthers: 8 };

/**
 * The round width that cuts a window of this length into 8 to 16 tiles, one by the unit into 3 to 6 (fewer below 8 s).
 * In ms.
 */
export function tileWidth(windowMs: number, byUnit: boolean): number {
  const least = byUnit ? LEAST_TILES.byUnit : LEAST_TILES.byOthers;
  return WIDTHS.findLast((width) => width * least <= windowMs) ?? SECOND;
}
