import type { WatchCheck } from "../watch-check.ts";
import { stillNoWorse } from "./still-no-worse.ts";
import { stillPredicts } from "./still-predicts.ts";

/** In the order in which they are told. */
export const watchChecks: readonly WatchCheck[] = [stillPredicts, stillNoWorse];
