import {
  compileBlueprint,
  loggedName,
  valueName,
  type CompiledBlueprint,
  type EpisodeLearnerName,
} from "../../blueprints/index.ts";
import { loadScorer, type Categories, type Scorer } from "../../serving/index.ts";
import type { FitColumn } from "../learners/learner.ts";
import type { EpisodeFit } from "./episode-learner.ts";
import type { EpisodeSteps } from "./episode-steps.ts";
import { evaluateByTrees, loggedEpisodes, type TargetPolicy } from "./fitted-q-evaluation.ts";
import { judgeProposal, type ProposalVerdict } from "./judge.ts";
import { episodeLearners } from "./learners/index.ts";
import { policyChances } from "./policy-chances.ts";

export interface EpisodesRequest {
  /** Of the blueprint: its policy is judged, with its exploration. */
  readonly text: string;
  readonly inputs: readonly FitColumn[];
  readonly categories: Categories;
  readonly metadata: Readonly<Record<string, string>>;
  readonly seed: number;
  /** All episodes: the file that serves is made of them. */
  readonly all: EpisodeSteps;
  /** Older ones, to learn a policy from that is judged; absent: nothing is judged. */
  readonly train?: EpisodeSteps | undefined;
  /** Newer ones that are over, by which it is judged. */
  readonly held?: EpisodeSteps | undefined;
}

export interface FittedEpisodes {
  readonly onnx: Uint8Array;
  /** Absent: nothing was judged. */
  readonly verdict?: ProposalVerdict | undefined;
  /** wall-clock time */
  readonly seconds: number;
}

/**
 * Learns from the older episodes, judges the blueprint's policy with that model by the newer ones, and learns from all of them for
 * the file that serves. A function of the request but for `seconds`.
 */
export async function fitEpisodes(
  request: EpisodesRequest,
  onProgress?: (done: number, total: number) => void,
): Promise<FittedEpisodes> {
  const { text, inputs, metadata, seed, all, train, held } = request;
  const started = performance.now();
  const compiled = compileBlueprint(text);
  const { learner, parameters } = compiled.blueprint.episodes!.learn!;
  const own = episodeLearners[learner as EpisodeLearnerName];
  const isJudged = train !== undefined && held !== undefined && held.starts.length > 1;
  const parts = isJudged ? 2 : 1;
  const fit = async (steps: EpisodeSteps, part: number): Promise<Uint8Array> => {
    const told = (done: number, total: number): void => onProgress?.(part * total + done, parts * total);
    const asked = { steps, inputs, parameters, seed, metadata, onProgress: told } as unknown as EpisodeFit<never>;
    return (await own.fit(asked)).onnx;
  };
  const verdict = isJudged ? await judged(compiled, request, await fit(train, 0), { train, held, seed }) : undefined;
  const onnx = await fit(all, parts - 1);
  return { onnx, verdict, seconds: (performance.now() - started) / 1000 };
}

async function judged(
  compiled: CompiledBlueprint,
  { categories }: EpisodesRequest,
  onnx: Uint8Array,
  { train, held, seed }: { readonly train: EpisodeSteps; readonly held: EpisodeSteps; readonly seed: number },
): Promise<ProposalVerdict> {
  const scorer = await loadScorer(onnx);
  try {
    const policy = policyOf(compiled, categories, scorer);
    const values = await evaluateByTrees(train, policy, seed);
    return judgeProposal(await loggedEpisodes(held, policy, values));
  } finally {
    await scorer.release();
  }
}

/** The blueprint's policy by a model's file, with its exploration, on encoded features. */
function policyOf(compiled: CompiledBlueprint, categories: Categories, scorer: Scorer): TargetPolicy {
  const { layout, episodes } = compiled;
  const actions = episodes!.actions;
  const chancesOf = policyChances(compiled);
  const outputs = actions.flatMap((action) =>
    [valueName(action), loggedName(action)].map((name) => ({ name, at: scorer.outputs.indexOf(name) })),
  );
  return async (features, rows) => {
    const scored = await scorer.score(features, rows);
    const chances = new Float64Array(rows * actions.length);
    for (let row = 0; row < rows; row++) {
      const predictions = Object.fromEntries(outputs.map(({ name, at }) => [name, scored[at]![row]!]));
      const vector = layout.map(({ name, kind }, column) => {
        const value = features[row * layout.length + column]!;
        if (Number.isNaN(value)) return null;
        return kind === "category" ? (categories[name]![value] ?? null) : value;
      });
      chances.set(chancesOf(vector, predictions), row * actions.length);
    }
    return chances;
  };
}
