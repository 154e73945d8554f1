import type { Objective } from "../../blueprints/index.ts";
import { clipped } from "../../statistics/index.ts";
import { softmax } from "../loss.ts";
import { differenceError, judgedLoss, type Judges } from "./judges.ts";
import type { Tried } from "./trial.ts";

interface Numbered {
  readonly trial: number;
  readonly found: Tried;
}

/** Members that the best learner may have in a blend: with other parameters it errs otherwise, too. */
const OF_BEST = 3;

/**
 * The best trial, or a blend of trials: of the best learner three at most, of each other learner its best. All members
 * weigh the same: weights that are fitted to the rows that judge them would be judged too kindly. A blend of different
 * learners does better on later rows than each of them, so it is taken where it is not worse than the best trial by more
 * than chance: by one standard error of the difference, row by row. Of several such blends it is the one of the most
 * members, then the one with the least loss.
 */
export function bestBlend(
  judges: Judges,
  tried: readonly Numbered[],
): { readonly members: readonly Numbered[]; readonly loss: number } {
  const { objective } = judges;
  const ordered = tried.toSorted((a, b) => a.found.loss - b.found.loss || a.trial - b.trial);
  const best = ordered[0]!;
  const constant = ordered.find(({ found }) => found.candidate.model.learner === "constant");
  const informed = ordered.filter(({ found }) => constant === undefined || found.loss < constant.found.loss);
  const byLearner = Map.groupBy(informed, ({ found }) => found.candidate.model.learner);
  const some = new Set([...byLearner.values()].flatMap((own) => own.slice(0, own.includes(best) ? OF_BEST : 1)));
  let chosen = { members: [best] as readonly Numbered[], loss: best.found.loss };
  for (const members of subsets(informed.filter((each) => some.has(each)))) {
    const predictions = meanOf(
      members.map((member) => member.found.predictions),
      objective,
      judges.outputs.length,
    );
    const loss = judgedLoss(judges, predictions);
    if (loss - best.found.loss > differenceError(judges, predictions, best.found.predictions)) continue;
    const more = members.length - chosen.members.length;
    if (more > 0 || (more === 0 && loss < chosen.loss)) chosen = { members, loss };
  }
  return chosen;
}

/** All of two members and more, in a fixed order; the members of each from the best on. */
function subsets<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: 2 ** all.length }, (_, bits) => all.filter((_each, at) => (bits >> at) % 2 === 1)).filter(
    ({ length }) => length >= 2,
  );
}

/** The mean of log odds as a probability, of the logarithms of classes, or of values. @param outputs of each row */
export function meanOf(members: readonly Float32Array[], objective: Objective, outputs = 1): Float32Array {
  const isOfClasses = objective === "multiclass";
  const link = objective === "binary" ? logit : isOfClasses ? logOf : (value: number): number => value;
  const mean = (_: number, at: number): number =>
    members.reduce((sum, member) => sum + link(member[at]!), 0) / members.length;
  const means = Float64Array.from(members[0]!, mean);
  if (isOfClasses) return softmax(Float32Array.from(means), outputs);
  return Float32Array.from(means, (margin) => (objective === "binary" ? 1 / (1 + Math.exp(-margin)) : margin));
}

const logOf = (probability: number): number => Math.log(clipped(probability));

/** Of a probability that is clipped as in the blend's file. */
function logit(probability: number): number {
  const kept = clipped(probability);
  return Math.log(kept / (1 - kept));
}
