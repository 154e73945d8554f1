import { ownValue } from "../../streams/index.ts";
import type { BlueprintContent } from "../blueprint.ts";
import { defaultValues, type ParamValues } from "../policy/params.ts";
import type { Selection } from "../policy/policy-rule.ts";
import type { Drawable, Draw, OrderDrawn, SettingValue } from "./exploration-kind.ts";
import { kindOfExploration } from "./kinds/index.ts";
import { shared, sound, withFloor } from "./probabilities.ts";

/** The exploration of one blueprint. Pure: the same scores, parameters and draws give the same bits in every process. */
export interface Explorer {
  /** It draws where the policy has no value. */
  readonly needsNoValue: boolean;
  /** Names of the policy's formulas whose numbers it needs of each action. */
  readonly reads: readonly string[];
  /** Heads of the model whose scores it needs of each action. */
  readonly heads: number;
  /** Whether an action with these numbers may be drawn. */
  fits(belief: readonly number[]): boolean;
  /**
   * The probability of each action that may be drawn, in their order; they sum to 1. Each is at least the floor.
   *
   * @param among at least one action
   * @param params values of the policy's parameters; one that is not there has its default
   */
  distribution(among: Drawable, params: ParamValues): readonly number[];
  /** An order of options, within the constraints of the policy. */
  order(selection: Selection, isScored: boolean, draw: Draw, params: ParamValues): OrderDrawn;
}

export function compileExploration({
  exploration,
  policy,
}: Pick<BlueprintContent, "exploration" | "policy">): Explorer | null {
  if (exploration === null) return null;
  const { kind: settings, floor, share } = exploration;
  const kind = kindOfExploration(settings);
  const defaults = defaultValues(policy.params);
  const valuesIn =
    (params: ParamValues): SettingValue =>
    (setting) =>
      typeof setting === "number" ? setting : (ownValue(params, setting) ?? defaults[setting]!);
  return {
    needsNoValue: kind.needsNoValue === true,
    reads: kind.reads?.(settings) ?? [],
    heads: kind.heads?.(settings) ?? 0,
    fits: (belief) => kind.fits?.(settings, belief) ?? true,
    distribution(among, params) {
      const valueOf = valuesIn(params);
      const exploring = sound(kind.distribution!(settings, valueOf, among), among.greedy);
      return withFloor(shared(exploring, among.greedy, valueOf(share)), valueOf(floor));
    },
    order(selection, isScored, draw, params) {
      const valueOf = valuesIn(params);
      return kind.order!(settings, valueOf, {
        ...{ selection, isScored, draw },
        ...{ share: valueOf(share), floor: valueOf(floor) },
      });
    },
  };
}

export const uniformExplorer = ({ policy }: Pick<BlueprintContent, "policy">): Explorer =>
  compileExploration({ exploration: { kind: { kind: "uniform" }, floor: 0, share: 1 }, policy })!;
