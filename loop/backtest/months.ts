import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { validBlueprints } from "../../catalogue/index.ts";
import { LeftOutRows, openSpill, rowsInOrder, type LeftOut } from "../../rows/index.ts";
import { decisions, type DecisionRecorded, type ModelRecorded } from "../../schemas/index.ts";
import { readTopic, streamsLimits } from "../../streams/index.ts";
import { servedFigures, type ServedFigures } from "../../trainer/index.ts";
import type { Tools } from "../loop.ts";

/** A month of decisions, in UTC. */
export interface BacktestMonth {
  /** Of the decisions' times: `2013-03`. */
  readonly month: string;
  readonly decisions: number;
  /** Without a value, as before the first model. */
  readonly nullDecisions: number;
  /** Training rows, the newest of each decision or option. */
  readonly rows: number;
  /** Rows with a prediction as it was served, the first label and a weight: the figures are of these. */
  readonly served: number;
  /** By name, every metric that fits the first label; by weights, if rows have some. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Trainings of this month whose models went into production, then or later, and those whose did not. */
  readonly promoted: number;
  readonly refused: number;
  /** At the decisions that were served: how old the newest row was that the model had learnt from, ms. Null: none was served by a model that was trained here. */
  readonly newestRowAgeMs: { readonly mean: number; readonly largest: number } | null;
}

/** Event times, ms. Empty if `to` is not behind `from`. */
export interface Span {
  /** Of decisions: from one to before the other. */
  readonly from: number;
  readonly to: number;
  /** Of trainings: up to this one. */
  readonly trainedBy: number;
}

interface Month {
  decisions: number;
  nullDecisions: number;
  rows: number;
  served: number;
  metrics: Readonly<Record<string, number>>;
  promoted: number;
  refused: number;
  readonly ages: { count: number; sum: number; largest: number };
}

const none = (): Month => ({
  ...{ decisions: 0, nullDecisions: 0, rows: 0, served: 0, metrics: {}, promoted: 0, refused: 0 },
  ages: { count: 0, sum: 0, largest: 0 },
});

/** Months by their names. */
class Months {
  readonly #months = new Map<string, Month>();

  of(time: number): Month {
    const name = monthOf(time);
    const month = this.#months.get(name) ?? none();
    this.#months.set(name, month);
    return month;
  }

  all(): readonly BacktestMonth[] {
    const sorted = [...this.#months].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(
      ([
        month,
        {
          ages: { count, sum, largest },
          ...rest
        },
      ]) => ({
        month,
        ...rest,
        newestRowAgeMs: count === 0 ? null : { mean: sum / count, largest },
      }),
    );
  }
}

const monthOf = (time: number): string => new Date(time).toISOString().slice(0, 7);

/**
 * What was decided in a span, how it came true, and which models came of it, counted from the topics: the result does
 * not depend on the process that made the decisions, or on its restarts. In memory are the numbers of one month's rows.
 */
export async function monthsOf(
  tools: Pick<Tools, "backbone" | "serdes" | "tables">,
  compiled: CompiledBlueprint,
  span: Span,
): Promise<{ readonly months: readonly BacktestMonth[]; readonly leftOut: readonly LeftOut[] }> {
  const { backbone, serdes } = tools;
  const { useCase } = compiled.blueprint;
  const { models, blueprints } = await tools.tables();
  const months = new Months();
  const isIn = (time: number): boolean => time >= span.from && time < span.to;
  for await (const { value } of readTopic(backbone, serdes, decisions)) {
    if (value.useCase !== useCase || !isIn(value.decisionTime)) continue;
    const month = months.of(value.decisionTime);
    month.decisions += 1;
    if (isNull(value)) month.nullDecisions += 1;
  }
  const trained = new Map<string, ModelRecorded>();
  for (const model of models.values()) {
    if (model.useCase !== useCase || model.provenance.imported !== null) continue;
    trained.set(model.modelId, model);
    const { until } = model.provenance;
    if (until < span.from || until > span.trainedBy) continue;
    const month = months.of(until);
    if (model.states.some(({ state }) => state === "production")) month.promoted += 1;
    else month.refused += 1;
  }
  const known = validBlueprints(blueprints);
  const leftOut = new LeftOutRows(compiled.blueprint, known);
  const rows = rowsInOrder(backbone, serdes, compiled, known, {
    ...{ ...span, leftOut, bytes: streamsLimits.rowsHeldBytes, spill: openSpill },
  });
  let [current, figures] = [none(), servedFigures(compiled)];
  for await (const row of rows) {
    const time = row["decisionTime"] as number;
    const month = months.of(time);
    if (month !== current) {
      finish(current, figures);
      [current, figures] = [month, servedFigures(compiled)];
    }
    month.rows += 1;
    if (!figures.add(row)) continue;
    const model = trained.get(row["modelId"] as string);
    if (model !== undefined) addAge(month.ages, time - model.provenance.trainedUntil);
  }
  finish(current, figures);
  return { months: months.all(), leftOut: leftOut.all() };
}

const isNull = ({ value, options }: DecisionRecorded): boolean =>
  value === null && !options.some(({ position }) => position !== null);

function addAge(ages: Month["ages"], age: number): void {
  ages.count += 1;
  ages.sum += age;
  ages.largest = Math.max(ages.largest, age);
}

function finish(month: Month, figures: ServedFigures): void {
  month.served = figures.rows;
  month.metrics = figures.metrics();
}
