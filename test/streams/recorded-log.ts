import type { Log } from "../../streams/index.ts";

export interface Line {
  readonly level: "info" | "warn" | "error";
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** A log whose lines are kept. */
export function recordedLog(): { readonly log: Log; readonly lines: Line[] } {
  const lines: Line[] = [];
  const at = (level: Line["level"]) => (fields: object, message: string) =>
    void lines.push({ level, fields: fields as Line["fields"], message });
  return { lines, log: { info: at("info"), warn: at("warn"), error: at("error") } };
}
