import { product } from "./association.ts";

/** A feature with its centred ranks over decisions. */
export interface Candidate {
  readonly ranks: Float64Array;
}

export interface Chosen<C extends Candidate> {
  readonly candidate: C;
  /** How much it goes with the label. */
  readonly strength: number;
  /** How much it goes with the part of the label that the features before it do not say. */
  readonly adds: number;
}

/**
 * The features that say most together: one after the other, each time the one that goes best with what is left of the
 * label (matching pursuit: Mallat and Zhang, 1993). Ends where the next one adds too little.
 * @param label centred ranks
 */
export function chooseFeatures<C extends Candidate>(
  candidates: readonly C[],
  label: Float64Array,
  { most, least }: { readonly most: number; readonly least: number },
): readonly Chosen<C>[] {
  const size = Math.sqrt(product(label, label));
  if (size === 0) return [];
  const open = candidates.map((candidate) => ({
    candidate,
    square: product(candidate.ranks, candidate.ranks),
    first: product(candidate.ranks, label),
  }));
  const left = Float64Array.from(label);
  const chosen: Chosen<C>[] = [];
  while (chosen.length < most) {
    let [best, at, dot] = [0, -1, 0];
    for (const [place, { candidate, square }] of open.entries()) {
      if (square === 0) continue;
      const found = product(candidate.ranks, left);
      const adds = Math.abs(found) / (Math.sqrt(square) * size);
      if (adds > best) [best, at, dot] = [adds, place, found];
    }
    if (at < 0 || best < least) break;
    const [{ candidate, square, first }] = open.splice(at, 1) as [(typeof open)[number]];
    for (let row = 0; row < left.length; row++) left[row]! -= (dot / square) * candidate.ranks[row]!;
    chosen.push({ candidate, strength: Math.abs(first) / (Math.sqrt(square) * size), adds: best });
  }
  return chosen;
}
