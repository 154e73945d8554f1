import type { Blueprint } from "../../blueprints/index.ts";
import type { Loop, Tools } from "../loop.ts";
import type { ChangedPolicy } from "./again/look-for-changes.ts";
import type { ColumnNames } from "./columns/columns.ts";
import type { HistoryTables } from "./history-table.ts";
import type { StepSize } from "./lines/take-step.ts";
import type { Walk } from "./walk.ts";

export interface ImportOptions {
  /** The loop's. Imports of one use case under one id know of each other. */
  readonly id: string;
  readonly tools: Tools;
  /** The loop, if it runs in this process: each step is handled before the next is published. */
  readonly loop?: Loop | undefined;
  /** The version that says which columns are read, and as which types. */
  readonly blueprint: Blueprint;
  readonly tables: HistoryTables;
  readonly columns?: ColumnNames | undefined;
  /** A column that is missing or unknown is an error. Default false: it is told. */
  readonly strict?: boolean | undefined;
  /** Sort tables by time that are not in that order. Default false: they are an error. */
  readonly sort?: boolean | undefined;
  /** The treatment of lines that differ from those imported before. Absent: nothing is imported then. */
  readonly changed?: ChangedPolicy | undefined;
  /** Nothing is published. Default false. */
  readonly dryRun?: boolean | undefined;
  /** Work between the steps; absent: there is none. Needs `loop`. */
  readonly walk?: Walk | undefined;
  /** How much is held at once. Absent: the limits'. */
  readonly stepSize?: StepSize | undefined;
  /** Called with notes for the user during the import. */
  readonly say?: ((line: string) => void) | undefined;
  /** @param total of the lines; absent: it is not known yet */
  readonly onProgress?: ((lines: number, text: string, total?: number) => void) | undefined;
}

/** An import with nothing left open. */
export type Importing = Omit<ImportOptions, Defaulted> & { readonly [K in Defaulted]: NonNullable<ImportOptions[K]> };
type Defaulted = "columns" | "strict" | "sort" | "dryRun" | "say" | "onProgress";

export function importing(options: ImportOptions): Importing {
  const { columns = {}, strict = false, sort = false, dryRun = false } = options;
  const { say = () => undefined, onProgress = () => undefined } = options;
  return { ...options, columns, strict, sort, dryRun, say, onProgress };
}
