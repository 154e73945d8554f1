import { setParams } from "../../catalogue/index.ts";
import type { TopicTools } from "../../streams/index.ts";
import { settingAfter } from "./setting-after.ts";

export interface ParametersSet {
  readonly useCase: string;
  readonly version: string;
  /** Null: the default of the text again. */
  readonly values: Readonly<Record<string, number | null>>;
  /** Valid after this event time, ms. */
  readonly after: number;
}

/** Sets values of the parameters of a published version, without a new text. @param from as `settingAfter` has it */
export function setParameters(
  tools: TopicTools,
  { useCase, version, values }: Omit<ParametersSet, "after">,
  from?: number,
): Promise<ParametersSet> {
  return settingAfter(tools, "the parameters are valid", from, async (after) => {
    await setParams(tools, { useCase, version }, values, after);
    return { useCase, version, values, after };
  });
}
