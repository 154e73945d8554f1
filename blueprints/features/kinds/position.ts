import { BOUNDS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { readNumber, readText } from "../../yaml/scalars.ts";
import { optional, readSection, required } from "../../yaml/section.ts";
import type { FeatureKind, FeaturesKnown, ReadFeature } from "../feature-kind.ts";

/** The place at which an option was shown: known in rows, and a constant when serving. */
export interface PositionFeature {
  readonly kind: "position";
  readonly name: string;
  /** The position that models are asked with. */
  readonly shownPosition: number;
  /** The entry of observations that tells the position; null: the position that was decided counts. */
  readonly observed: string | null;
}

declare module "../../blueprint.ts" {
  interface FeatureKinds {
    position: PositionFeature;
  }
}

/** Options further up are clicked more because they are further up: a model that knows the position can leave that out. */
export const positionKind: FeatureKind<PositionFeature> = {
  name: "position",
  written: "section",
  keys: () => ({
    shownPosition: ["number: the position that models are asked with", "required", rangeText("shown")],
    observed: ["an entry of `observations`: the position as it was seen", "the position that was decided"],
  }),
  marks: () => ["shownPosition"],
  read,
  canonical: ({ observed, ...feature }) => ({ ...feature, observed: observed ?? undefined }),
  describe: ({ shownPosition, observed }) =>
    `position shown${observed === null ? "" : ` as ${observed} says`}, ${shownPosition} when serving`,
  columnDoc: ({ observed }) =>
    `The place at which the option was shown, from 1${observed === null ? "" : `, as ${observed} says where it was observed`}.`,
  type: () => "number",
  compute: ({ shownPosition }) => ({ from: "features", names: [], value: () => shownPosition }),
};

function read(place: Place, name: string, { observations }: FeaturesKnown): ReadFeature<PositionFeature> {
  const section = readSection(place, ["shownPosition", "observed"]);
  const shownPosition = required(section, "shownPosition", (at) => readNumber(at, BOUNDS.shown));
  const observed = optional<string | null>(section, "observed", null, (at) => {
    const entry = readText(at, "the name of an entry", BOUNDS.nameLength);
    if (entry === undefined || at.source.broken.has(entry)) return undefined;
    const type = Object.hasOwn(observations.known, entry) ? observations.known[entry] : undefined;
    if (type === "number") return entry;
    if (type !== undefined) return complain(at, `"${entry}" is a ${type}`, "a position is a number, from 1");
    if (!observations.complete) return undefined;
    const guess = at.source.guess(entry, Object.keys(observations.known));
    return complain(
      at,
      `"${entry}" is no entry of observations`,
      guess === null ? `declare it: observations: { ${entry}: number }` : `did you mean "${guess}"?`,
    );
  });
  if (shownPosition === undefined || observed === undefined) return "unusable";
  return { kind: "position", name, shownPosition, observed };
}
