import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { askedVersion, publishTrained, validBlueprints, type ValidBlueprints } from "../../catalogue/index.ts";
import { readRows, rowsTopic, type RowsRead, type RowsReading, type TreatedValues } from "../../rows/index.ts";
import type { ModelReport, TrainingRow } from "../../schemas/index.ts";
import { sha256, writeArtifact } from "../../serving/index.ts";
import { askWorker } from "../fit/ask-worker.ts";
import { fileMetadata } from "../fit/file-metadata.ts";
import { provenanceHeaders } from "../models/provenance.ts";
import { trainingSeed } from "../models/training-seed.ts";
import type { TrainRequest, TrainResult } from "../models/train-request.ts";
import type { TrainingTables, TrainingTools } from "../training-tools.ts";
import type { EpisodesRequest, FittedEpisodes } from "./fit-episodes.ts";
import type { ProposalVerdict } from "./judge.ts";
import { categoriesOf, stepsOf, stretchesOf, type Stretch } from "./steps-of-rows.ts";

type ReadTools = Pick<TrainingTools, "backbone" | "serdes">;

/** What a training learns from. */
interface Learnt {
  readonly read: RowsRead;
  readonly stretches: readonly Stretch[];
  readonly treated: readonly TreatedValues[];
}

/** @param again the part of the topic that a former training has read */
async function learntFrom(
  { backbone, serdes }: ReadTools,
  compiled: CompiledBlueprint,
  known: ValidBlueprints,
  { until, topic, again }: { readonly until: number; readonly topic: string | undefined; readonly again?: RowsReading },
): Promise<Learnt> {
  const options = { topic: rowsTopic(compiled, topic), ...(again && { again }) };
  const read = await readRows(backbone, serdes, compiled, known, until, options);
  const { useCase } = compiled.blueprint;
  const rows = read.rows.filter((row) => {
    const of = known.version(useCase, row["blueprintVersion"] as string);
    return of !== undefined && compiled.episodes!.counts(of.blueprint);
  });
  const stretches = stretchesOf(compiled, rows, until);
  const { newestMs } = compiled.episodes!.learn!;
  const newest = newestMs === null ? stretches : stretches.filter(({ time }) => time > until - newestMs);
  const older = count(stretches) - count(newest);
  const treated = [{ name: "episodes.learn.newest", treatment: "older", rows: older, decisions: [] }] as const;
  return { read, stretches: newest, treated: older === 0 ? [] : treated };
}

const count = (some: readonly Stretch[]): number => some.reduce((sum, { steps }) => sum + steps.length, 0);
const rowsOf = (some: readonly Stretch[]): readonly TrainingRow[] => some.flatMap(({ rows }) => rows);

/** Of the newest episodes those judge that are whole; the older ones are learnt from until then. */
function split(
  stretches: readonly Stretch[],
  share: number,
): { readonly train: readonly Stretch[]; readonly held: readonly Stretch[] } {
  const from = Math.floor(stretches.length * (1 - share));
  return { train: stretches.slice(0, from), held: stretches.slice(from).filter(({ whole }) => whole) };
}

function requestOf(
  compiled: CompiledBlueprint,
  stretches: readonly Stretch[],
  { until, seed }: { readonly until: number; readonly seed: number },
  parts?: ReturnType<typeof split>,
): EpisodesRequest {
  const categories = categoriesOf(compiled, rowsOf(stretches));
  return {
    ...{ text: compiled.blueprint.text, categories },
    inputs: compiled.layout.map(({ name, kind }) => ({
      name,
      categories: kind === "category" ? categories[name]!.length : undefined,
    })),
    ...{ metadata: fileMetadata(compiled, categories, until, seed), seed },
    all: stepsOf(compiled, stretches, categories),
    ...(parts && {
      train: stepsOf(compiled, parts.train, categories),
      held: stepsOf(compiled, parts.held, categories),
    }),
  };
}

const fit = (request: EpisodesRequest, onProgress?: (done: number, total: number) => void): Promise<FittedEpisodes> =>
  askWorker<FittedEpisodes>({ kind: "episodes", request }, 3 * request.all.features.length, onProgress);

/**
 * Learns what actions are worth from the episodes of the rows. The policy of the older episodes is judged by the newer ones: it serves if it is
 * proved worth more than what was done. The file that serves is learnt from all.
 */
export async function trainEpisodes(
  tools: TrainingTools,
  tables: TrainingTables,
  request: TrainRequest,
): Promise<TrainResult> {
  const { useCase, until } = request;
  const known = validBlueprints(tables.blueprints);
  const compiled = askedVersion(known, useCase, request.blueprintVersion, until);
  const { blueprint } = compiled;
  const { read, stretches, treated } = await learntFrom(tools, compiled, known, { until, topic: request.rowsTopic });
  const [steps, needed] = [count(stretches), Math.max(blueprint.training.minRows, 2)];
  const notLearnt = { leftOut: read.leftOut, treated };
  if (steps < needed) return { kind: "tooFewRows", rows: steps, needed, ...notLearnt };
  const parts = split(stretches, request.holdout ?? blueprint.training.holdout);
  const newest = stretches.reduce((most, { steps: own }) => Math.max(most, own.at(-1)!.decisionTime), -Infinity);
  const seed = trainingSeed(blueprint, newest);
  const fitted = await fit(requestOf(compiled, stretches, { until, seed }, parts), request.onProgress);
  const modelId = sha256(fitted.onnx).slice(0, 16);
  const { onnx, seconds, verdict } = fitted;
  const resultOf = (model: Awaited<ReturnType<typeof publishTrained>>): TrainResult => {
    const promoted = model.states.some(({ state }) => state === "production");
    return { kind: "trained", model, promoted, seconds, onnx, newest, ...notLearnt };
  };
  const there = tables.models.get(`${useCase}/${modelId}`);
  if (there !== undefined) return resultOf(there);
  const provenance = {
    rowsTopic: rowsTopic(compiled, request.rowsTopic).name,
    ...{ ranges: read.ranges, until, rows: count(parts.train), holdout: steps - count(parts.train) },
    ...{ seed, trainedUntil: newest, refitted: true, codeVersion: tools.codeVersion },
    ...{ versions: read.versions, trainedRows: [], labelsTrainedUntil: [], evaluation: 0, kept: 0, imported: null },
    ...notLearnt,
  };
  const source = { useCase, blueprintVersion: blueprint.version, provenance };
  const artifact = await writeArtifact(tools.backbone, tools.publisher, onnx, until, provenanceHeaders(source));
  const promote = verdict?.promoted === true;
  const reason = verdict === undefined ? NONE_WHOLE : reasonOf(verdict);
  const made = { ...source, modelId, artifact, metrics: metricsOf(verdict), report: emptyReport };
  const time = request.publishedAt?.() ?? until;
  const judge = (): { readonly promote: boolean; readonly reason: string } => ({ promote, reason });
  return resultOf(await publishTrained(tools, made, { judge, ladder: blueprint.ladder, time }));
}

/** The file of a former training, made again of the same part of the topic. */
export async function trainEpisodesAgain(
  tools: ReadTools,
  compiled: CompiledBlueprint,
  known: ValidBlueprints,
  from: { readonly until: number; readonly seed: number; readonly topic: string; readonly again: RowsReading },
): Promise<{ readonly steps: number; readonly onnx: Uint8Array }> {
  const { stretches } = await learntFrom(tools, compiled, known, from);
  const { onnx } = await fit(requestOf(compiled, stretches, from));
  return { steps: count(stretches), onnx };
}

const NONE_WHOLE =
  "refused: no held-out episode has an end (episodes.end of the blueprint): check that it can be true, or wait for more episodes";

const reasonOf = ({ promoted, reason }: ProposalVerdict): string => (promoted ? reason : `refused: ${reason}`);

/** Of an episode, in the unit of the reward. */
function metricsOf(verdict: ProposalVerdict | undefined): Readonly<Record<string, number>> {
  if (verdict === undefined) return {};
  const { logged, gain, episodes, effectiveEpisodes } = verdict;
  return {
    episodes,
    ...(effectiveEpisodes !== undefined && { effectiveEpisodes }),
    ...(logged && { loggedValue: logged.value }),
    ...(gain && { gain: gain.value, gainLow: gain.interval[0], gainHigh: gain.interval[1] }),
  };
}

/** There are no labels to tell of. */
const emptyReport: ModelReport = {
  ...{ constant: {}, importance: [], contributions: [], drift: [], predictionDrift: null },
  ...{ calibration: [], groups: [], searches: [], kept: null },
} as unknown as ModelReport;
