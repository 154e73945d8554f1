import { validBlueprints, blueprintTable } from "../../catalogue/index.ts";
import { LeftOutRows, openSpill, rowsInOrder } from "../../rows/index.ts";
import { DomainError, type TrainingRow } from "../../schemas/index.ts";
import { readTable, streamsLimits } from "../../streams/index.ts";
import type { Tools } from "../loop.ts";
import type { RowsOptions } from "./loopstream.ts";

/** Training rows of a use case in bounded memory. Rejects with `UNDECLARED` if there is no such use case or version. */
export async function* rowsOf(tools: Tools, useCase: string, options: RowsOptions): AsyncGenerator<TrainingRow> {
  const { backbone, serdes } = tools;
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, blueprintVersion: version } = options;
  const known = validBlueprints(await readTable(backbone, serdes, blueprintTable));
  const at = Number.MAX_SAFE_INTEGER;
  const compiled = version === undefined ? known.at(useCase, at) : known.version(useCase, version);
  if (compiled === undefined) {
    const problem = version === undefined ? known.problemAt(useCase, at) : known.problem(useCase, version);
    const none = version === undefined ? "no live blueprint" : `no blueprint version ${version}`;
    throw new DomainError(
      "UNDECLARED",
      problem ?? `use case "${useCase}" has ${none}; known use cases: ${known.useCases().join(", ") || "none"}`,
    );
  }
  const leftOut = new LeftOutRows(compiled.blueprint, known);
  yield* rowsInOrder(backbone, serdes, compiled, known, {
    ...{ from, to, leftOut, bytes: streamsLimits.rowsHeldBytes, spill: openSpill },
  });
}
