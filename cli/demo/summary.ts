import { compileBlueprint, type CompiledBlueprint } from "../../blueprints/index.ts";
import { deadLetters, decisions, models, observations, type TrainingRow } from "../../schemas/index.ts";
import { readRaw, readTable, readTopic, type Backbone, type Serdes } from "../../streams/index.ts";
import { evaluate } from "../../trainer/index.ts";
import { hashRows, newestRows, rowsTopic } from "../../rows/index.ts";

export interface LoopSummary {
  readonly decisions: number;
  readonly nullDecisions: number;
  readonly observations: number;
  readonly trainingRows: number;
  readonly expired: number;
  readonly deadLetters: number;
  readonly modelsPublished: number;
  readonly modelsRefused: number;
  /** By month of the decision, over the decisions that a model made and that have a label; of several the first. */
  readonly servedAuc: Readonly<Record<string, number>>;
  readonly servedLogLoss: Readonly<Record<string, number>>;
  /** Over the canonical Avro bytes of the newest row of each decision, in the order of the decision ids. */
  readonly rowsSha256: string;
}

/** Counted from the topics: the result does not depend on the process that ran the loop, or on its restarts. */
export async function summarize(backbone: Backbone, serdes: Serdes, text: string): Promise<LoopSummary> {
  const compiled = compileBlueprint(text);
  let made = 0;
  let nulls = 0;
  for await (const { value } of readTopic(backbone, serdes, decisions)) {
    made++;
    if (value.value === null) nulls++;
  }
  const rows = await newestRows(backbone, serdes, rowsTopic(compiled));
  const trained = [...(await readTable(backbone, serdes, models)).values()];
  const published = trained.filter(({ states }) => states.some(({ state }) => state === "production")).length;
  return {
    decisions: made,
    nullDecisions: nulls,
    observations: await count(backbone, observations.name),
    trainingRows: rows.length,
    expired: made - rows.length,
    deadLetters: await count(backbone, deadLetters.name),
    modelsPublished: published,
    modelsRefused: trained.length - published,
    ...served(rows, compiled),
    rowsSha256: hashRows([rowsTopic(compiled), rows]),
  };
}

async function count(backbone: Backbone, topic: string): Promise<number> {
  let records = 0;
  for await (const batch of readRaw(backbone, topic)) records += batch.length;
  return records;
}

function served(
  rows: readonly TrainingRow[],
  { blueprint, labelColumns }: CompiledBlueprint,
): Pick<LoopSummary, "servedAuc" | "servedLogLoss"> {
  const { prediction, value } = labelColumns[0]!;
  const byMonth = Map.groupBy(
    rows.filter((row) => row[prediction] !== null && row[value] !== null),
    (row) => new Date(row["decisionTime"] as number).toISOString().slice(0, 7),
  );
  const servedAuc: Record<string, number> = {};
  const servedLogLoss: Record<string, number> = {};
  for (const [month, group] of [...byMonth].sort()) {
    const metrics = evaluate(
      Float32Array.from(group, (row) => row[prediction] as number),
      Float32Array.from(group, (row) => row[value] as number),
      blueprint.label.objective,
    );
    if (metrics["auc"] !== undefined) servedAuc[month] = round(metrics["auc"]);
    if (metrics["logLoss"] !== undefined) servedLogLoss[month] = round(metrics["logLoss"]);
  }
  return { servedAuc, servedLogLoss };
}

const round = (value: number): number => Math.round(value * 1e6) / 1e6;
