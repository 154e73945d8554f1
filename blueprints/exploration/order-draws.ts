import type { Selection } from "../policy/policy-rule.ts";
import type { OrderAsked, OrderDrawn } from "./exploration-kind.ts";
import { placeAt, shared, sound, withFloor } from "./probabilities.ts";

const sure: readonly number[] = Object.freeze([1]);

/** The policy's own order. */
export const unchanged = ({ shown }: Selection): OrderDrawn => ({ shown, propensities: shown.map(() => 1) });

/**
 * Position after position, each from the options that may still stand there; draw k fills position k, from 1. Of the options
 * with a score each has at least the floor. Those without one come behind all others, in their own order.
 *
 * @param of the probabilities of several options that may stand next, while the decision explores; they sum to 1
 */
export function drawSteps(
  { selection, isScored, draw, share, floor }: OrderAsked,
  of: (eligible: readonly number[]) => readonly number[],
): OrderDrawn {
  const fill = selection.steps!();
  const shown: number[] = [];
  const propensities: number[] = [];
  // How likely it is, by the positions so far, that the decision explores.
  let exploring = share;
  for (let able = fill.next(); able.length > 0; able = fill.next()) {
    const scored = isScored ? able.filter((index) => selection.scores[index] !== null) : able;
    const eligible = scored.length > 0 ? scored : able.slice(0, 1);
    const drawn = eligible.length === 1 ? sure : sound(of(eligible), 0);
    const mixed = shared(drawn, 0, exploring);
    const probabilities = withFloor(mixed, floor);
    const at = placeAt(draw(shown.length + 1), probabilities);
    // What only the floor lets through tells nothing, but for what the policy alone would not have shown.
    if (mixed[at]! > 0) exploring = (exploring * drawn[at]!) / mixed[at]!;
    else exploring = 1;
    shown.push(eligible[at]!);
    propensities.push(probabilities[at]!);
    fill.take(eligible[at]!);
  }
  return { shown, propensities };
}

/**
 * Draw 0 says whether two positions change places, and draw 1 which two: (1, 2), (1, 3), … (2, 3), ….
 *
 * @param within positions from the top; null: all
 */
export function drawSwap(
  { selection, draw, share }: OrderAsked,
  probability: number,
  within: number | null,
): OrderDrawn {
  const own = selection.shown;
  const n = Math.min(within ?? own.length, own.length);
  const pairs = (n * (n - 1)) / 2;
  const swapped = pairs === 0 ? 0 : probability * share;
  const [first, second]: readonly [number, number] =
    draw(0) < swapped ? pairAt(Math.min(pairs - 1, Math.floor(draw(1) * pairs)), n) : [own.length, own.length];
  const shown = own.slice();
  if (first < own.length) [shown[first], shown[second]] = [own[second]!, own[first]!];
  // Above the first of the two a swap has not been told from none, or from one further down; from there on the list is known.
  let before = 1;
  const propensities = shown.map((_, at) => {
    const left = Math.max(0, n - at - 1);
    const below = (left * (left - 1)) / 2 / Math.max(1, pairs);
    const after = at < first ? 1 - swapped + swapped * below : swapped / pairs;
    const propensity = after / before;
    before = after;
    return propensity;
  });
  return { shown, propensities };
}

function pairAt(index: number, n: number): readonly [first: number, second: number] {
  let rest = index;
  for (let first = 0; first < n - 1; first++) {
    const others = n - 1 - first;
    if (rest < others) return [first, first + 1 + rest];
    rest -= others;
  }
  return [0, 1];
}
