import { askedVersion, blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { LeftOutRows, openSpill, rowsInOrder } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import { readTable, streamsLimits } from "../../streams/index.ts";
import type { Tools } from "../loop.ts";
import type { RowsOptions } from "./loopstream.ts";

/**
 * Training rows of a use case in bounded memory. Rejects with `UNKNOWN_USE_CASE` or `UNKNOWN_VERSION` if there is no such
 * use case or version, and with `NEWER_RELEASE` if this release can't read the version.
 */
export async function* rowsOf(tools: Tools, useCase: string, options: RowsOptions): AsyncGenerator<TrainingRow> {
  const { backbone, serdes } = tools;
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, asOf, blueprintVersion } = options;
  const known = validBlueprints(await readTable(backbone, serdes, blueprintTable));
  const compiled = askedVersion(known, useCase, blueprintVersion);
  const leftOut = new LeftOutRows(compiled.blueprint, known);
  yield* rowsInOrder(backbone, serdes, compiled, known, {
    ...{ from, to, asOf, leftOut, bytes: streamsLimits.rowsHeldBytes, spill: openSpill },
  });
}
