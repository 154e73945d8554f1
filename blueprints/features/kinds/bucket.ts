import { isScalar } from "yaml";
import { BOUNDS, DEFAULTS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import { complain, found, type Place } from "../../yaml/place.ts";
import { readBoolean } from "../../yaml/scalars.ts";
import { optional, readItems, readSection, required } from "../../yaml/section.ts";
import type { FeatureKind, FeaturesKnown, ReadFeature } from "../feature-kind.ts";
import { givenInputs, readInput, type Input } from "../inputs.ts";

/** The part of the number line that a number is in. */
export interface BucketFeature {
  readonly kind: "bucket";
  readonly name: string;
  readonly input: Input;
  /** Growing. A number that equals one is in the bucket above it. */
  readonly bounds: readonly number[];
  /** The bucket's number, from 0; else a category. */
  readonly ordinal: boolean;
}

declare module "../../blueprint.ts" {
  interface FeatureKinds {
    bucket: BucketFeature;
  }
}

/** Every number has a bucket: the outer two have no end. A missing number has none. */
export const bucketKind: FeatureKind<BucketFeature> = {
  name: "bucket",
  written: "section",
  keys: () => ({
    bucket: ["a number of `context`, or a feature above", "required"],
    bounds: ["list of growing numbers", "required", `${rangeText("bucketBounds")} of them`],
    ordinal: ["`true` or `false`", String(DEFAULTS.ordinal)],
  }),
  marks: () => ["bucket"],
  read,
  canonical: (feature) => feature,
  describe: ({ input, bounds, ordinal }) =>
    `${ordinal ? "number of the bucket" : "bucket"} of ${input.name} between ${bounds.join(", ")}`,
  columnDoc: ({ input, bounds, ordinal }) =>
    `Bucket of ${input.name}, ${ordinal ? "by its number: " : ""}${labelsOf(bounds).join(", ")}; null when it was missing.`,
  type: ({ ordinal }) => (ordinal ? "number" : "category"),
  compute({ input, bounds, ordinal }) {
    const { names, entries } = givenInputs([input]);
    const labels = labelsOf(bounds);
    return {
      from: "features",
      names,
      entries,
      value([given]) {
        if (typeof given !== "number") return null;
        let at = 0;
        while (at < bounds.length && given >= bounds[at]!) at++;
        return ordinal ? at : labels[at]!;
      },
    };
  },
};

/** `<0`, `0..10`, `>=10`: the lower bound is in, the upper one is not. */
const labelsOf = (bounds: readonly number[]): readonly string[] => [
  `<${bounds[0]}`,
  ...bounds.slice(1).map((bound, at) => `${bounds[at]}..${bound}`),
  `>=${bounds.at(-1)}`,
];

function read(place: Place, name: string, known: FeaturesKnown): ReadFeature<BucketFeature> {
  const section = readSection(place, Object.keys(bucketKind.keys()));
  const input = required(section, "bucket", (at) => readInput(at, name, known, ["number", "time"], "a number"));
  const bounds = required(section, "bounds", readBounds);
  const ordinal = optional(section, "ordinal", DEFAULTS.ordinal, readBoolean);
  if (input === undefined || bounds === undefined || ordinal === undefined) return "unusable";
  return { kind: "bucket", name, input, bounds, ordinal };
}

function readBounds(place: Place): readonly number[] | undefined {
  const items = readItems(place, "a list of growing numbers");
  if (items === undefined) return undefined;
  const { min, max } = BOUNDS.bucketBounds;
  if (items.length < min || items.length > max) {
    return complain(place, `expected ${min} to ${max} bounds, found ${items.length}`);
  }
  const bounds: number[] = [];
  for (const item of items) {
    const value = isScalar(item.node) ? item.node.value : null;
    if (typeof value !== "number" || !Number.isFinite(value)) {
      const isQuoted = typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value));
      const hint = isQuoted
        ? "write it without quotes"
        : value === Infinity || value === -Infinity
          ? "the outer parts have no end by themselves: leave it out"
          : null;
      return complain(item, `expected a number, found ${found(item)}`, hint);
    }
    const last = bounds.at(-1);
    if (last !== undefined && value <= last) return complain(item, `${value} is not above ${last}`, "let bounds grow");
    bounds.push(value + 0);
  }
  return bounds;
}
