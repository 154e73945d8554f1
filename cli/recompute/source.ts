import type { RecomputeSource } from "../../recompute/index.ts";
import type { CommandTools } from "../process/with-tools.ts";

/** The source from which decisions are made again. @param salt the one the loop ran with */
export const sourceOf = ({ backbone, serdes, scorers }: CommandTools, salt: string): RecomputeSource => ({
  ...{ backbone, serdes, salt },
  scorers: scorers.get.bind(scorers),
});
