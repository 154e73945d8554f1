/** How the margins of a row become its predictions: as they are, one as a probability, or all as probabilities of classes. */
export type Link = "identity" | "logistic" | "softmax";

/** A margin that no column has moved, and what each column adds to it. */
export interface MarginParts {
  readonly base: number;
  readonly parts: Float64Array;
}

/**
 * What each column moves each prediction of a row by: on the straight way from the margins that no column has moved to those of the row, the slope of the
 * prediction times the parts of the margins. They sum to what the prediction is moved by. R. Aumann and L. Shapley, "Values of Non-Atomic Games" (1974);
 * M. Sundararajan, A. Taly and Q. Yan, "Axiomatic Attribution for Deep Networks" (2017).
 *
 * @param margins of the row: one, or one a class
 * @returns one list a margin, of one number a column
 */
export function predictionParts(link: Link, margins: readonly MarginParts[]): readonly Float64Array[] {
  if (link === "identity") return margins.map(({ parts }) => parts);
  if (link === "logistic") {
    return margins.map(({ base, parts }) => {
      const slope = slopeOf(base, parts);
      return parts.map((part) => slope * part);
    });
  }
  return classParts(margins);
}

const logistic = (margin: number): number => 1 / (1 + Math.exp(-margin));
const sumOf = (parts: Float64Array): number => parts.reduce((sum, part) => sum + part, 0);

/** Of the line from the base to a row's own margin on the way of probabilities. */
function slopeOf(base: number, parts: Float64Array): number {
  const moved = sumOf(parts);
  const chance = logistic(base);
  // So near there is no difference to divide.
  return Math.abs(moved) < 1e-6 ? chance * (1 - chance) : (logistic(base + moved) - chance) / moved;
}

/** Gauss and Legendre's four places of a piece of the way, from −1 to 1, with their weights. */
const PLACES = [-0.8611363115940526, -0.3399810435848563, 0.3399810435848563, 0.8611363115940526];
const WEIGHTS = [0.3478548451374538, 0.6521451548625461, 0.6521451548625461, 0.3478548451374538];
/** Pieces for each unit of the margins' way, and at most. */
const PIECES = 2;
const MOST_PIECES = 128;

function classParts(margins: readonly MarginParts[]): readonly Float64Array[] {
  const moved = margins.map(({ parts }) => sumOf(parts));
  const span = Math.max(...moved) - Math.min(...moved);
  const pieces = Math.min(MOST_PIECES, Math.max(1, Math.ceil(PIECES * span)));
  const classes = margins.length;
  const mean = new Float64Array(classes);
  /** Mean products of two classes' probabilities. */
  const products = new Float64Array(classes * classes);
  for (let piece = 0; piece < pieces; piece++) {
    for (const [at, place] of PLACES.entries()) {
      const way = (piece + (1 + place) / 2) / pieces;
      const weight = WEIGHTS[at]! / (2 * pieces);
      const chances = softmax(margins.map(({ base }, of) => base + way * moved[of]!));
      for (let one = 0; one < classes; one++) {
        mean[one]! += weight * chances[one]!;
        for (let other = 0; other < classes; other++)
          products[one * classes + other]! += weight * chances[one]! * chances[other]!;
      }
    }
  }
  return margins.map(({ parts }, one) =>
    parts.map((part, column) => {
      let own = mean[one]! * part;
      for (let other = 0; other < classes; other++)
        own -= products[one * classes + other]! * margins[other]!.parts[column]!;
      return own;
    }),
  );
}

function softmax(margins: readonly number[]): readonly number[] {
  const most = Math.max(...margins);
  const exponentials = margins.map((margin) => Math.exp(margin - most));
  const sum = exponentials.reduce((total, each) => total + each, 0);
  return exponentials.map((each) => each / sum);
}
