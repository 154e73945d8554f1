import type { OffPolicyEstimator } from "../logged-rewards.ts";
import { dm } from "./dm.ts";
import { dr } from "./dr.ts";
import { ips } from "./ips.ts";
import { snips } from "./snips.ts";

/** In the order of tables. */
export const offPolicyEstimators: readonly OffPolicyEstimator[] = [ips, snips, dm, dr];
