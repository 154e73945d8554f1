import type { BlueprintSection } from "./blueprint-section.ts";
import { contextSection } from "./context.ts";
import { decisionSpaceSection } from "./decision-space.ts";
import { descriptionSection } from "./description.ts";
import { eventsSection } from "./events.ts";
import { explorationSection } from "./exploration.ts";
import { featuresSection } from "./features.ts";
import { joinSection } from "./join.ts";
import { episodesSection } from "./labels/episodes.ts";
import { labelSection } from "./labels/label.ts";
import { labelsSection } from "./labels/labels.ts";
import { rewardSection } from "./labels/reward.ts";
import { learningSection } from "./learning.ts";
import { ladderSection } from "./training/ladder.ts";
import { modelSection } from "./training/model.ts";
import { observationsSection } from "./observations.ts";
import { policySection } from "./policy.ts";
import { posteriorSection } from "./training/posterior.ts";
import { retentionSection } from "./retention.ts";
import { tablesSection } from "./tables.ts";
import { trainingSection } from "./training/training.ts";
import { useCaseSection } from "./use-case.ts";

/** In the order of the reference. */
export const sections: readonly BlueprintSection[] = [
  useCaseSection,
  descriptionSection,
  decisionSpaceSection,
  contextSection,
  observationsSection,
  eventsSection,
  tablesSection,
  featuresSection,
  labelSection,
  labelsSection,
  rewardSection,
  episodesSection,
  modelSection,
  posteriorSection,
  policySection,
  explorationSection,
  learningSection,
  joinSection,
  trainingSection,
  ladderSection,
  retentionSection,
];
