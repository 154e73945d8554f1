import type { Objective } from "../../blueprints/index.ts";
import type { FitInput } from "../learners/learner.ts";
import type { Fold } from "./folds.ts";
import { judged, type Tried } from "./trial.ts";

interface Numbered {
  readonly trial: number;
  readonly found: Tried;
}

/**
 * The best trial, or the blend of the best trials of several learners if that has a smaller loss. Blends that are fitted
 * to the rows that judge them would be judged too kindly, so all members weigh the same.
 */
export function bestBlend(
  input: FitInput,
  folds: readonly Fold[],
  tried: readonly Numbered[],
): { readonly members: readonly Numbered[]; readonly loss: number } {
  const { objective } = input.labels[0]!;
  const ordered = tried.toSorted((a, b) => a.found.loss - b.found.loss || a.trial - b.trial);
  const byLearner = Map.groupBy(ordered, ({ found }) => found.candidate.model.learner);
  const best = [...byLearner.values()].map(([first]) => first!);
  let found = { members: [ordered[0]!] as readonly Numbered[], loss: ordered[0]!.found.loss };
  for (const members of subsets(best)) {
    const predictions = meanOf(
      members.map((member) => member.found.predictions),
      objective,
    );
    const loss = judged(input, folds, predictions);
    if (loss < found.loss) found = { members, loss };
  }
  return found;
}

/** All of two members and more, in a fixed order; the members of each from the best on. */
function subsets<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: 2 ** all.length }, (_, bits) => all.filter((_each, at) => (bits >> at) % 2 === 1)).filter(
    ({ length }) => length >= 2,
  );
}

/** Probabilities are clipped, as the blend's file does it. */
const LEAST = 1e-7;

/** The mean of log odds as a probability, or of values. */
export function meanOf(members: readonly Float32Array[], objective: Objective): Float32Array {
  const link = objective === "binary" ? logit : (value: number): number => value;
  const unlink = objective === "binary" ? (margin: number): number => 1 / (1 + Math.exp(-margin)) : link;
  return Float32Array.from(members[0]!, (_, row) =>
    unlink(members.reduce((sum, member) => sum + link(member[row]!), 0) / members.length),
  );
}

function logit(probability: number): number {
  const clipped = Math.min(Math.max(probability, LEAST), 1 - LEAST);
  return Math.log(clipped / (1 - clipped));
}
