import { featureType, type CompiledBlueprint, type FeatureVector } from "../../blueprints/index.ts";

/** The places of a version's features in the vectors of another version, by name and type; `undefined`: it lacks one. */
export type Carry = (vector: Readonly<FeatureVector>) => FeatureVector;

/**
 * Logged vectors in the order of another version's layout, if they have all of its features.
 */
export class CarriedFeatures {
  readonly #target: CompiledBlueprint;
  readonly #known = new Map<CompiledBlueprint, Carry | undefined>();
  readonly #lacking = new Set<string>();

  constructor(target: CompiledBlueprint) {
    this.#target = target;
  }

  /** `undefined`: decisions of this version lack a feature. */
  from(version: CompiledBlueprint): Carry | undefined {
    if (!this.#known.has(version)) this.#known.set(version, this.#find(version));
    return this.#known.get(version);
  }

  /** Names of features that some version lacked. */
  lacking(): readonly string[] {
    return [...this.#lacking].sort();
  }

  #find({ layout }: CompiledBlueprint): Carry | undefined {
    const places = this.#target.layout.map(({ name, feature }) => {
      const at = layout.find((one) => one.name === name && featureType(one.feature) === featureType(feature));
      if (at === undefined) this.#lacking.add(name);
      return at?.index;
    });
    if (places.includes(undefined)) return undefined;
    return (vector) => places.map((place) => vector[place!] ?? null);
  }
}
