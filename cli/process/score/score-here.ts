import type { CompiledBlueprint } from "../../../blueprints/index.ts";
import { modelsAt, modelTable, type ValidBlueprints } from "../../../catalogue/index.ts";
import type { Tools } from "../../../loop/index.ts";
import { LeftOutRows, openSpill, rowsInOrder, rowsTopic, type LeftOut } from "../../../rows/index.ts";
import { DomainError, type ModelRecorded } from "../../../schemas/index.ts";
import { readTable, streamsLimits } from "../../../streams/index.ts";
import { blocksOf, formatOf, readBlocks, rowTable } from "../../files/index.ts";
import { columnTypes } from "../../files/column-types.ts";
import { findModel } from "../models.ts";
import type { ScoredTable } from "./score-table.ts";

/** The model that is asked for by its id, or the one in production now. Rejects with `UNKNOWN_MODEL`. */
export async function askedModel(
  tools: Tools,
  { blueprint }: CompiledBlueprint,
  asked: string,
): Promise<ModelRecorded> {
  const { useCase, version } = blueprint;
  if (asked !== "production") {
    const model = await findModel(tools, asked);
    if (model.useCase === useCase) return model;
    throw new DomainError(
      "UNKNOWN_MODEL",
      `model ${asked} is of use case "${model.useCase}", not "${useCase}": loopstream models lists them`,
    );
  }
  const models = await readTable(tools.backbone, tools.serdes, modelTable);
  const { production } = modelsAt(models, useCase, version, Date.now());
  if (production !== undefined) return production;
  throw new DomainError(
    "UNKNOWN_MODEL",
    `no model of use case "${useCase}" ${version} is in production: name one with --model`,
  );
}

/** A file as a table to score. */
export async function fileToScore(
  path: string,
  { blueprint }: CompiledBlueprint,
  known: ValidBlueprints,
): Promise<ScoredTable> {
  const columns = await columnTypes(path, rowTable(blueprint, known).columns);
  return { path, columns, blocks: readBlocks(path), parquet: formatOf(path).format === "parquet" };
}

/** The rows of a topic as a table to score. @param topic absent: the use case's own */
export function rowsToScore(
  { backbone, serdes }: Tools,
  compiled: CompiledBlueprint,
  known: ValidBlueprints,
  topic: string | undefined,
): ScoredTable & { leftOut(): readonly LeftOut[] } {
  const table = rowTable(compiled.blueprint, known);
  const leftOut = new LeftOutRows(compiled.blueprint, known);
  const from = rowsTopic(compiled, topic);
  const rows = rowsInOrder(backbone, serdes, compiled, known, {
    ...{ topic: from, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, leftOut },
    ...{ bytes: streamsLimits.rowsHeldBytes, spill: openSpill },
  });
  async function* placed(): AsyncGenerator<{ line: number; values: Readonly<Record<string, unknown>> }> {
    let line = 0;
    for await (const row of rows) yield { line: ++line, values: table.cellsOf(row) };
  }
  return { path: from.name, columns: table.columns, blocks: blocksOf(placed()), leftOut: () => leftOut.all() };
}
