import type { BlueprintContent } from "../blueprint.ts";
import type { FeatureValue } from "./feature-kind.ts";
import { computationOf } from "./kinds/index.ts";
import type { FeatureVector } from "./layout.ts";

/** How the features fit a context. One object, filled in again for each context. */
export interface ContextFit {
  /** Number of the context's entries that are features. */
  found: number;
  /** Some value may not fit its type. */
  doubtful: boolean;
}

interface Slot {
  /** Null: the feature does not come from the context. */
  readonly entry: string | null;
  readonly value: (given: unknown) => FeatureValue;
  /** The feature is the entry itself; others may read the entry too. */
  readonly own: boolean;
}

const missing = (): null => null;

/**
 * A function from a request's context to a new vector. It fills in the features of the context and leaves the others
 * null. It never throws: a missing value, and one that does not fit its declared type, is null.
 *
 * @param isMine the features to fill in, by index
 */
export function contextFeatures(
  blueprint: Pick<BlueprintContent, "features">,
  isMine: (index: number) => boolean = () => true,
): (context: Readonly<Record<string, unknown>>, fit?: ContextFit) => FeatureVector {
  const slots = blueprint.features.map((feature, index): Slot => {
    const computed = computationOf(feature);
    if (computed.from !== "context" || !isMine(index)) return { entry: null, value: missing, own: false };
    const { entry, value } = computed;
    return { entry, value, own: entry === feature.name };
  });
  return (context, fit) => {
    let found = 0;
    let doubtful = false;
    const vector = slots.map(({ entry, value: valueOf, own }) => {
      if (entry === null || !Object.hasOwn(context, entry)) return null;
      if (own) found++;
      const given = context[entry];
      const value = valueOf(given);
      if (value === null && given !== null) doubtful = true;
      return value;
    });
    if (fit !== undefined) [fit.found, fit.doubtful] = [found, doubtful];
    return vector;
  };
}
