import type { SequentialEstimator } from "../logged-episodes.ts";
import { cwpdis } from "./cwpdis.ts";
import { dm } from "./dm.ts";
import { dr } from "./dr.ts";
import { is } from "./is.ts";
import { magic } from "./magic.ts";
import { pdis } from "./pdis.ts";
import { wdr } from "./wdr.ts";
import { wis } from "./wis.ts";

/** In the order of tables. */
export const sequentialEstimators: readonly SequentialEstimator[] = [is, wis, pdis, cwpdis, dm, dr, wdr, magic];
