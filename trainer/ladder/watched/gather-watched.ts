import type { CompiledBlueprint } from "../../../blueprints/index.ts";
import type { ValidBlueprints, WatchedModel } from "../../../catalogue/index.ts";
import { withoutExtremes } from "../../../rows/index.ts";
import type { TrainingRow } from "../../../schemas/index.ts";
import type { Scorer } from "../../../serving/index.ts";
import { compareModels, judgedUnit } from "../../evidence/compare-models.ts";
import { learntLabels, rowsWith } from "../../learnt-labels.ts";
import { predictRows } from "../../predict-rows.ts";
import { isAfter, seenBy } from "../../split-rows.ts";
import type { TrainingTools } from "../../training-tools.ts";
import { rowsSince } from "../gather-evidence.ts";
import type { Failure } from "../ladder-check.ts";
import type { WatchEvidence } from "./watch-check.ts";

/** A model that is watched in production. */
export interface Watched extends WatchedModel {
  readonly compiled: CompiledBlueprint;
  readonly known: ValidBlueprints;
  /** Event time, ms: rows complete after it are left out. */
  readonly now: number;
  /** Of the newest decisions the first that it can't predict, and the former one can. */
  readonly tried: Failure | null;
}

/**
 * What came since a model is in production, predicted by it and by the model before it. Earlier rows have chosen the
 * model: on these it looks better than it is.
 */
export async function gatherWatched(
  tools: Pick<TrainingTools, "backbone" | "serdes" | "scorers">,
  watched: Watched,
): Promise<WatchEvidence> {
  const { compiled, model, state, former, tried } = watched;
  const { blueprint, weight } = compiled;
  const [first] = judgedUnit(compiled);
  const seen = Math.max(state.time, ...[model, former].map((each) => seenBy(each, compiled)[0]!));
  const usable = withoutExtremes(await rowsSince(tools, watched), compiled.layout, learntLabels(compiled), weight);
  const since = rowsWith(first, usable.rows).filter(isAfter(seen));
  const [ours, theirs] = [await tools.scorers.get(model), await tools.scorers.get(former)];
  const { rows, lost } = await predictable(firstDecisions(since, blueprint.ladder!.watch!), compiled, ours, theirs);
  return {
    ...{ ladder: blueprint.ladder!, metric: blueprint.training.metric, state, former: former.modelId },
    failure: tried ?? lost,
    comparison: await compareModels(compiled, rows, ours, theirs),
  };
}

/** The rows of so many decisions, the earliest. @param rows by decision time */
function firstDecisions(rows: readonly TrainingRow[], count: number): readonly TrainingRow[] {
  const taken = new Set<unknown>();
  const end = rows.findIndex(({ decisionId }) => taken.add(decisionId).size > count);
  return end < 0 ? rows : rows.slice(0, end);
}

/** The rows that both models predict, and the first that only the former one does. */
async function predictable(
  rows: readonly TrainingRow[],
  compiled: CompiledBlueprint,
  ours: Scorer,
  theirs: Scorer,
): Promise<{ readonly rows: readonly TrainingRow[]; readonly lost: Failure | null }> {
  const reasonOf = (scorer: Scorer, some: readonly TrainingRow[]): Promise<string | null> =>
    predictRows(scorer, compiled, some).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  if ((await reasonOf(ours, rows)) === null && (await reasonOf(theirs, rows)) === null) return { rows, lost: null };
  const both: TrainingRow[] = [];
  let lost: Failure | null = null;
  for (const row of rows) {
    const [own, other] = [await reasonOf(ours, [row]), await reasonOf(theirs, [row])];
    if (own === null && other === null) both.push(row);
    else if (other === null) lost ??= { decisionId: row["decisionId"] as string, reason: own! };
  }
  return { rows: both, lost };
}
