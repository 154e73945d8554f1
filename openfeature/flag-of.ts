import type { Decision } from "../client/index.ts";
import type { DecisionReason } from "../schemas/index.ts";

/** OpenFeature's reasons, as far as decisions have them. */
export type FlagReason = "TARGETING_MATCH" | "SPLIT" | "STATIC" | "DEFAULT" | "ERROR";

const reasons: Readonly<Record<DecisionReason, FlagReason>> = {
  exploit: "TARGETING_MATCH",
  explore: "SPLIT",
  holdout: "SPLIT",
  control: "SPLIT",
  logged: "STATIC",
  noModel: "DEFAULT",
  error: "ERROR",
};

export type FlagMetadata = Readonly<Record<string, string | number | boolean>>;

/** A decision in OpenFeature's words. */
export interface Flag {
  readonly reason: FlagReason;
  /** The value's name; absent: a number, or no value. */
  readonly variant?: string;
  /** `decisionId` is the id for observations; `loopReason` is the decision's own reason. */
  readonly flagMetadata: FlagMetadata;
}

type Decided = Pick<
  Decision<string | number | boolean | null>,
  "value" | "decisionId" | "reason" | "propensity" | "blueprint" | "modelId"
> & { readonly ranking?: readonly string[] | null | undefined };

/** @param decided its value is null if there is none, whatever the caller's default is */
export function flagOf({ value, decisionId, reason, propensity, blueprint, modelId, ranking }: Decided): Flag {
  // A ranking without scores is the order of the request.
  const isOwnOrder = reason === "error" && (ranking ?? null) !== null;
  const variant = value === null || typeof value === "number" ? {} : { variant: String(value) };
  const metadata = { decisionId, loopReason: reason, propensity, version: blueprint, modelId };
  const known = Object.entries(metadata).filter(([, entry]) => entry !== null);
  return {
    reason: isOwnOrder ? "DEFAULT" : Object.hasOwn(reasons, reason) ? reasons[reason] : "ERROR",
    ...variant,
    flagMetadata: Object.fromEntries(known) as FlagMetadata,
  };
}
