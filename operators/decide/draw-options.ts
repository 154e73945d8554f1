import { placeAt, type Explorer, type ParamValues, type Selection } from "../../blueprints/index.ts";
import { drawsOf, onlyOf } from "./draw.ts";

interface Act {
  readonly selection: Selection;
  readonly isScored: boolean;
  readonly isRanking: boolean;
  readonly params: ParamValues;
  /** Of the decision. */
  readonly seed: string;
}

/** Options that are shown, by their indexes. */
export interface Shown {
  readonly shown: readonly number[];
  /** Of each of them, under those above it; null: not known of an action of history. */
  readonly propensities: readonly (number | null)[];
  /** Of all options; empty for a ranking, whose orders are not counted out, and without a choice. */
  readonly distribution: readonly number[];
  /** Of all options: what the draw was made by. Empty without a draw. */
  readonly scores: readonly (number | null)[];
  /** Of all options: what is believed of them, if the draw was made by it. Empty without. */
  readonly beliefs: readonly (readonly number[])[];
  /** It is what the policy would have shown alone. */
  readonly isOwn: boolean;
}

const none = Object.freeze([]);

/** An action of history. */
export const takenAt = (at: number, propensity: number | null, count: number): Shown => ({
  ...{ shown: [at], propensities: [propensity], distribution: onlyOf(count, at), scores: none, beliefs: none },
  isOwn: true,
});

function byPolicy({ selection: { shown, scores }, isRanking }: Act): Shown {
  const [first] = shown;
  const distribution = isRanking || first === undefined ? none : onlyOf(scores.length, first);
  return { shown, propensities: shown.map(() => 1), distribution, scores: none, beliefs: none, isOwn: true };
}

/** Drawn by the decision's seed. Without an option that may be drawn, or without a way to draw, as by the policy. */
export function drawn(act: Act, explorer: Explorer | null): Shown {
  const { selection, isScored, isRanking, params, seed } = act;
  const [best] = selection.shown;
  if (explorer === null || best === undefined) return byPolicy(act);
  const draw = drawsOf(seed);
  if (isRanking) {
    const { shown, propensities } = explorer.order(selection, isScored, draw, params);
    const own = selection.shown;
    const isOwn = shown.length === own.length && shown.every((at, place) => at === own[place]);
    const able = new Set(selection.steps!().next());
    const scores = selection.scores.map((score, at) => (able.has(at) ? (isScored ? score : 0) : null));
    return { shown, propensities, distribution: none, scores, beliefs: none, isOwn };
  }
  const { eligible, beliefs } = believed(selection, explorer, isScored);
  if (eligible.length === 0) return byPolicy(act);
  const own = eligible.map((at) => (isScored ? selection.scores[at]! : 0));
  const among = { scores: own, greedy: eligible.indexOf(best), beliefs: eligible.map((at) => beliefs[at]!) };
  const probabilities = explorer.distribution(among, params);
  const distribution = new Array<number>(selection.scores.length).fill(0);
  const scores = new Array<number | null>(selection.scores.length).fill(null);
  for (const [place, at] of eligible.entries()) {
    distribution[at] = probabilities[place]!;
    scores[at] = own[place]!;
  }
  const chosen = placeAt(draw(0), distribution);
  return {
    ...{ shown: [chosen], propensities: [distribution[chosen]!], distribution, scores },
    ...{ beliefs: explorer.reads.length + explorer.heads === 0 ? none : beliefs, isOwn: chosen === best },
  };
}

/** The options that may be drawn, with what is believed of each option. One of which nothing fit is known is not drawn. */
function believed(
  selection: Selection,
  { reads, heads, fits }: Explorer,
  isScored: boolean,
): { readonly eligible: readonly number[]; readonly beliefs: readonly (readonly number[])[] } {
  const allowed = selection.eligible!();
  const beliefs = selection.scores.map((): readonly number[] => none);
  const isByHeads = heads > 0 && isScored;
  if (reads.length === 0 && !isByHeads) return { eligible: allowed, beliefs };
  const byHead = Array.from({ length: isByHeads ? heads : 0 }, (_, at) => selection.scoresBy!(at + 1));
  const eligible = allowed.filter((at) => {
    const belief = [
      ...reads.map((name) => Number(selection.read!(at, name) ?? Number.NaN)),
      ...byHead.map((scores) => scores[at] ?? Number.NaN),
    ];
    const isFit = fits(belief);
    if (isFit) beliefs[at] = belief;
    return isFit;
  });
  return { eligible, beliefs };
}
