import type { LogRecord } from "./backbone/backbone.ts";
import type { StreamRecord } from "./operator.ts";

/**
 * The first place of a record, as `partition/offset`: on records passed on to another partition of their topic, and on
 * records shown in steps at positions of their own.
 */
export const PLACE_HEADER = "loopstream_place";

/**
 * Tells a record of a topic from all others of it, however often it is read: in its task, after a restart, and in a
 * replay.
 */
export function placeOf({ headers, origin }: Pick<StreamRecord<unknown>, "headers" | "origin">): string {
  const first = headers[PLACE_HEADER];
  return first === undefined ? `${origin.partition}/${origin.offset}` : Buffer.from(first).toString();
}

/** The headers of a record with its place among them. */
export function withPlace(headers: LogRecord["headers"], partition: number, offset: number): LogRecord["headers"] {
  if (headers[PLACE_HEADER] !== undefined) return headers;
  return { ...headers, [PLACE_HEADER]: Buffer.from(`${partition}/${offset}`) };
}
