import { textOf } from "../../bytes.ts";
import type { LogRecord } from "../../backbone/backbone.ts";
import type { Change } from "../../state/engine.ts";

/** A record of a changelog. Throws if it stands for an unreadable batch: state without that batch would be another. */
export function changeOf({ key, value, unreadable }: LogRecord): Change {
  if (unreadable !== undefined) throw unreadable.error;
  return [textOf(key), value];
}
