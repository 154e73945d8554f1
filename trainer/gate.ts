import type { Metric } from "../blueprints/index.ts";
import { isBetter } from "./evaluate.ts";

export interface GateInput {
  readonly metric: Metric;
  readonly candidate: Readonly<Record<string, number>>;
  /** What predicts the mean of the training labels for everything. */
  readonly constant: Readonly<Record<string, number>>;
  /** The model in production on the same rows; `undefined` without one. */
  readonly production: { readonly modelId: string; readonly metrics: Readonly<Record<string, number>> } | undefined;
  readonly holdoutRows: number;
}

export interface Verdict {
  readonly promote: boolean;
  /** With the figures, for the model's record. */
  readonly reason: string;
}

/** A candidate goes to production only if it beats the model there, or without one a constant, on rows none of them was trained on. */
export function gate({ metric, candidate, constant, production, holdoutRows }: GateInput): Verdict {
  const rival = production ?? { modelId: "a constant", metrics: constant };
  const promote = isBetter(metric, candidate[metric], rival.metrics[metric]);
  const figures = `${metric} ${figure(candidate[metric])}, ${rival.modelId} ${figure(rival.metrics[metric])}, on the newest ${holdoutRows} rows`;
  return { promote, reason: `${promote ? "better than" : "refused: not better than"} ${rival.modelId}: ${figures}` };
}

const figure = (value: number | undefined): string => (value === undefined ? "unknown" : value.toFixed(5));

export interface JudgeInput extends Omit<GateInput, "constant"> {
  readonly constant: () => Readonly<Record<string, number>>;
}

/**
 * The verdict by who is in production when it is given: the model that was there when the candidate was evaluated, none any more, or
 * another one, which nothing was compared with.
 */
export function judgeOf(input: JudgeInput): (inProduction: string | undefined) => Verdict {
  const { production, holdoutRows } = input;
  return (inProduction) => {
    if (holdoutRows === 0) return { promote: false, reason: "nothing was held out to judge it by" };
    if (inProduction !== undefined && inProduction !== production?.modelId) {
      return { promote: false, reason: `refused: ${inProduction} came into production meanwhile; train again` };
    }
    const rival = inProduction === undefined ? undefined : production;
    return gate({ ...input, constant: input.constant(), production: rival });
  };
}
