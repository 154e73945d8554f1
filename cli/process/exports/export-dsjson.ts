import type { CompiledBlueprint } from "../../../blueprints/index.ts";
import type { ValidBlueprints } from "../../../catalogue/index.ts";
import { banditDecisions, LeftOutBandits, type RecomputeSource } from "../../../recompute/index.ts";
import { LeftOutRows, type LeftOut } from "../../../rows/index.ts";
import { writeDsjson } from "../../files/index.ts";

export interface DsjsonExport {
  /** A path, or `-` for stdout. */
  readonly out: string;
  readonly compiled: CompiledBlueprint;
  readonly known: ValidBlueprints;
  /** Decision times, ms: at or after `from`, before `to`. */
  readonly from: number;
  readonly to: number;
  readonly asOf: number | undefined;
  readonly reward: string | undefined;
  readonly onTaken: (taken: number, total: number) => void;
}

export interface DsjsonExported {
  readonly written: number;
  readonly leftOut: LeftOutBandits;
  readonly leftOutRows: readonly LeftOut[];
}

/** Writes labelled decisions with all of their actions, for learners of contextual bandits, in the order of their times. */
export async function exportDsjson(
  source: RecomputeSource,
  { out, known, ...options }: DsjsonExport,
): Promise<DsjsonExported> {
  const leftOutRows = new LeftOutRows(options.compiled.blueprint, known);
  const leftOut = new LeftOutBandits();
  const written = await writeDsjson(out, banditDecisions(source, { ...options, leftOut, leftOutRows }));
  return { written, leftOut, leftOutRows: leftOutRows.all() };
}
