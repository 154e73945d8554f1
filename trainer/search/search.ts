import { DomainError } from "../../schemas/index.ts";
import type { ModelConfig } from "../../blueprints/index.ts";
import type { FitInput, LearntModel } from "../learners/learner.ts";
import { allLearners } from "../learners/registry.ts";
import { blendModels } from "../onnx/index.ts";
import { bestBlend } from "./blends.ts";
import { candidatesOf, type Candidate } from "./candidates.ts";
import { allRows, foldsOf } from "./folds.ts";
import { judgesOf, type Judges } from "./judges.ts";
import { KeptTrials, type KeptTrial } from "./kept-trials.ts";
import { ledgerText, type SearchLedger, type TrialEntry } from "./ledger.ts";
import { fitCandidate, settled, tryOut, type Tried } from "./trial.ts";
import { taskOf } from "../learners/only-label.ts";

/** With so many rows to fit on, a drawn candidate is first fitted on every fourth. */
const MANY = 20_000;
const EVERY = 4;
/** Of a learner's drawn candidates, those among so many of the best so far go on to all rows. */
const GO_ON = 1 / 3;

/** What a search has done so far. */
interface Progress {
  readonly entries: TrialEntry[];
  /** Fitted on all rows of the folds; with the number of the trial. */
  readonly tried: { readonly trial: number; readonly found: Tried }[];
  /** By learner, the losses of candidates on the sample. */
  readonly samples: Map<string, number[]>;
}

/** What the model is made of. */
interface Found {
  /** The best first. */
  readonly members: readonly Candidate[];
  readonly ledger: SearchLedger;
}

/**
 * Searches for a model, unless it is decided already, and fits it on all rows. Everything follows from the rows, the
 * seed and the number of trials.
 */
export async function searchModel(input: FitInput<"auto">): Promise<LearntModel> {
  const task = taskOf("auto", input.labels);
  const { members, ledger } = input.decided === undefined ? await search(input) : recalled(input, input.decided);
  const metadata = { ...input.metadata, search: ledgerText(ledger) };
  const learnt: LearntModel[] = [];
  for (const member of members) learnt.push(await fitCandidate({ ...input, metadata }, member, allRows(input)));
  const steps = ledger.trials.length + 1;
  input.onProgress?.(steps, steps);
  const [only, ...others] = learnt as [LearntModel, ...LearntModel[]];
  const onnx =
    others.length === 0
      ? only.onnx
      : blendModels(
          learnt.map((each) => each.onnx),
          task.objective,
          metadata,
          task.outputs,
        );
  const importance = only.importance.map(
    (_, column) => learnt.reduce((sum, each) => sum + each.importance[column]!, 0) / learnt.length,
  );
  const { summed } = only;
  return { onnx, importance, search: ledger, settled: members[0]!.model, ...(others.length === 0 && { summed }) };
}

/** The members that a former search chose: each follows from the seed and its number. */
function recalled({ labels, columns, model }: FitInput<"auto">, ledger: SearchLedger): Found {
  const candidate = candidatesOf(allLearners(), taskOf("auto", labels).objective, columns, model.seed, givenOf(model));
  const members = ledger.chosen.map((trial) =>
    settled({ candidate: candidate(trial)!, steps: ledger.trials[trial]!.steps ?? undefined }),
  );
  return { members, ledger };
}

/**
 * Tries candidates one after the other, each on older rows and judged by newer ones; takes the best, or the blend of
 * several that is better.
 */
async function search(input: FitInput<"auto">): Promise<Found> {
  const { labels, columns, model, onProgress } = input;
  const task = taskOf("auto", labels);
  const folds = foldsOf(input);
  if (folds.length === 0) {
    const rows = input.rows === 1 ? "1 row" : `${input.rows} rows`;
    throw new DomainError(
      "BAD_TRAINING_DATA",
      `${rows} can't be split into older rows to learn from and newer ones to judge by, each with a weight above 0; name a learner instead of auto`,
    );
  }
  const judges = judgesOf(folds, task);
  const progress: Progress = { entries: [], tried: [], samples: new Map() };
  const candidate = candidatesOf(allLearners(), task.objective, columns, model.seed, givenOf(model));
  const kept = new KeptTrials(input.kept, input);
  for (let trial = 0; trial < model.trials; trial++) {
    const next = candidate(trial);
    const spent = progress.entries.reduce((sum, { seconds }) => sum + seconds, 0);
    if (next === undefined || (trial > 0 && model.cpuSeconds > 0 && spent >= model.cpuSeconds)) break;
    const known = await kept.read(trial);
    const done = known ?? (await tryNext(input, judges, next, progress));
    if (known === undefined) await kept.write(trial, done);
    note(progress, trial, next, done);
    onProgress?.(trial + 1, model.trials + 1);
  }
  const { members, loss } = chosen(judges, progress.tried);
  const ledger: SearchLedger = {
    trials: progress.entries,
    chosen: members.map(({ trial }) => trial),
    loss,
    judgedBy: judges.labels.length,
  };
  return { members: members.map(({ found }) => settled(found)), ledger };
}

/** A trial; first on a part of the rows if there are many. */
async function tryNext(
  input: FitInput,
  judges: Judges,
  candidate: Candidate,
  { samples }: Progress,
): Promise<KeptTrial> {
  const started = process.threadCpuUsage();
  const entry = (rest: Pick<TrialEntry, "loss" | "sampleLoss" | "steps">): TrialEntry => ({
    learner: candidate.model.learner,
    parameters: parametersOf(candidate.model),
    dropped: candidate.dropped.map((column) => input.inputs[column]!.name),
    ...rest,
    seconds: secondsSince(started),
  });
  let sampleLoss: number | null = null;
  if (candidate.isDrawn && judges.folds.some(({ train }) => train.rows >= MANY)) {
    sampleLoss = (await tryOut(input, judges, candidate, EVERY)).loss;
    const others = samples.get(candidate.model.learner) ?? [];
    const better = others.filter((loss) => loss < sampleLoss!).length;
    if (better >= Math.max(1, (others.length + 1) * GO_ON)) {
      return { entry: entry({ sampleLoss, loss: null, steps: null }), predictions: null };
    }
  }
  const { loss, steps, predictions } = await tryOut(input, judges, candidate);
  return { entry: entry({ sampleLoss, loss, steps: steps ?? null }), predictions };
}

function note(
  { entries, samples, tried }: Progress,
  trial: number,
  candidate: Candidate,
  { entry, predictions }: KeptTrial,
): void {
  entries.push(entry);
  const { sampleLoss, loss, steps } = entry;
  if (sampleLoss !== null) {
    const others = samples.get(entry.learner) ?? [];
    samples.set(entry.learner, [...others, sampleLoss]);
  }
  if (loss === null || predictions === null) return;
  tried.push({ trial, found: { candidate, loss, predictions, ...(steps !== null && { steps }) } });
}

function chosen(judges: Judges, tried: Progress["tried"]): ReturnType<typeof bestBlend> {
  if (tried.length > 0) return bestBlend(judges, tried);
  throw new DomainError(
    "TRAINING_FAILED",
    `no learner with a search space learns the objective ${judges.objective}: name one in model.learner`,
  );
}

/** Parameters of the search that every candidate has too. */
const givenOf = ({ monotone }: ModelConfig<"auto">): Partial<ModelConfig<"auto">> =>
  monotone === "none" ? {} : { monotone };

/** Without directions where there are none: files of searches without them keep their bytes. */
function parametersOf(model: ModelConfig): Readonly<Record<string, unknown>> {
  const { learner: _learner, objective: _objective, seed: _seed, ...parameters } = model;
  const { monotone, ...others }: Readonly<Record<string, unknown>> = parameters;
  return monotone === undefined || monotone === "none" ? others : parameters;
}

const secondsSince = (started: NodeJS.CpuUsage): number => {
  const { user, system } = process.threadCpuUsage(started);
  return (user + system) / 1e6;
};
