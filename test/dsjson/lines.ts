import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export type OptionLine = Readonly<Record<string, unknown>>;

/** A line of dsjson, as it is written. */
export interface DsjsonLine {
  readonly _label_cost: number;
  readonly _label_probability: number;
  readonly _label_Action: number;
  readonly _labelIndex: number;
  readonly Timestamp: string;
  readonly Version: string;
  readonly EventId: string;
  readonly Unit: string;
  readonly a: readonly number[];
  readonly c: OptionLine & { readonly _multi: readonly OptionLine[] };
  readonly p: readonly number[];
  readonly pdrop: number;
}

export function linesOf(path: string): readonly DsjsonLine[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as DsjsonLine);
}
