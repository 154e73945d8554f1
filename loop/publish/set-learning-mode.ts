import type { LearningMode } from "../../blueprints/index.ts";
import { setMode } from "../../catalogue/index.ts";
import type { TopicTools } from "../../streams/index.ts";
import { settingAfter } from "./setting-after.ts";

export interface ModeSet {
  readonly useCase: string;
  readonly version: string;
  readonly mode: LearningMode;
  /** Valid after this event time, ms. */
  readonly after: number;
}

/** Sets who acts by a published version, without a new text. @param from as `settingAfter` has it */
export function setLearningMode(
  tools: TopicTools,
  { useCase, version, mode }: Omit<ModeSet, "after">,
  from?: number,
): Promise<ModeSet> {
  return settingAfter(tools, "the mode is valid", from, async (after) => {
    await setMode(tools, { useCase, version }, mode, after);
    return { useCase, version, mode, after };
  });
}
