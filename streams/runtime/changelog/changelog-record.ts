import { textOf } from "../../bytes.ts";
import type { LogRecord } from "../../backbone/backbone.ts";
import type { Change } from "../../state/engine.ts";

/** A record of a changelog. Throws where it stands for a batch that can't be read: state without that would be another. */
export function changeOf({ key, value, unreadable }: LogRecord): Change {
  if (unreadable !== undefined) throw unreadable.error;
  return [textOf(key), value];
}
