import { uniform, normal } from "../trainer/weights/world.ts";

/** Actions, and numbers that are known of each round. */
export const ACTIONS = 10;
const NUMBERS = 10;

/**
 * A contextual bandit whose truth is known: of action a the logit of a reward is b + θ x, and in the nonlinear world
 * sin(2 x i) sign(x j) more. One uniform number a round decides the rewards of all actions.
 */
export interface BanditWorld {
  round(t: number): { readonly x: readonly number[]; readonly chances: readonly number[]; readonly draw: number };
}

export function banditWorld(seed: number, isLinear: boolean): BanditWorld {
  const each = <T>(count: number, of: (at: number) => T): readonly T[] =>
    Array.from({ length: count }, (_, at) => of(at));
  const thetas = each(ACTIONS, (a) => each(NUMBERS, (j) => 0.35 * normal(seed, 2, a, j)));
  const constants = each(ACTIONS, (a) => -1 + 0.3 * normal(seed, 3, a));
  return {
    round(t) {
      const x = each(NUMBERS, (j) => normal(seed, 1, t, j));
      const chances = each(ACTIONS, (a) => {
        let logit = constants[a]!;
        for (let j = 0; j < NUMBERS; j++) logit += thetas[a]![j]! * x[j]!;
        if (!isLinear) logit += Math.sin(2 * x[a % NUMBERS]!) * Math.sign(x[(a + 3) % NUMBERS]!);
        return 1 / (1 + Math.exp(-logit));
      });
      return { x, chances, draw: uniform(seed, 4, t) };
    },
  };
}
