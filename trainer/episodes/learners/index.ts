import type { EpisodeLearnerName } from "../../../blueprints/index.ts";
import type { EpisodeLearner } from "../episode-learner.ts";
import { cloning } from "./cloning.ts";
import { conservativeQ } from "./conservative-q.ts";
import { empiricalMdp } from "./empirical-mdp.ts";
import { fittedQ } from "./fitted-q.ts";

export const episodeLearners: { readonly [L in EpisodeLearnerName]: EpisodeLearner<L> } = {
  cloning,
  empiricalMdp,
  fittedQ,
  conservativeQ,
};
