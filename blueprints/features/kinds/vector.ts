import type { Slot, VectorType } from "../../blueprint.ts";
import type { FeatureKind } from "../feature-kind.ts";
import { vectorLength } from "../../values/declared-value.ts";

/** One number of a vector of the context. */
export interface VectorFeature {
  readonly kind: "vector";
  readonly name: string;
  /** Of the entry that has the vector. */
  readonly type: VectorType;
  readonly slot: Slot;
}

declare module "../../blueprint.ts" {
  interface FeatureKinds {
    vector: VectorFeature;
  }
}

/** All numbers are missing if the vector is, or if it does not fit its type. */
export const vectorKind: FeatureKind<VectorFeature> = {
  name: "vector",
  written: "name",
  takes: (type) => vectorLength(type) !== undefined,
  keys: () => ({}),
  marks: () => [],
  read(_place, name, { context }) {
    const type = context.known[name] as VectorType;
    return Array.from({ length: vectorLength(type)! }, (_, at) => ({
      kind: "vector",
      name: `${name}_${at}`,
      type,
      slot: { of: name, at },
    }));
  },
  canonical: (feature) => feature,
  describe: ({ type, slot }) => `number ${slot.at} of the ${type} ${slot.of} of the context`,
  describeSlots: ([first]) => `${first!.type} of the context`,
  columnDoc: ({ type, slot }) =>
    `Number ${slot.at} of ${slot.of}, a ${type} of the request's context; null when it was missing.`,
  type: () => "number",
  compute({ slot }) {
    const numbersOf = (given: unknown): readonly number[] => (Array.isArray(given) ? (given as readonly number[]) : []);
    return {
      from: "features",
      names: [],
      entries: [slot.of],
      value: ([given]) => numbersOf(given)[slot.at] ?? null,
      slots: ([given]) => numbersOf(given),
    };
  },
};
