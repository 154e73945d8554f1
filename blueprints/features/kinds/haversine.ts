import { isScalar } from "yaml";
import { complain, type Place } from "../../yaml/place.ts";
import { readNumber } from "../../yaml/scalars.ts";
import { readItems, readSection, required } from "../../yaml/section.ts";
import type { FeatureKind, FeaturesKnown, ReadFeature } from "../feature-kind.ts";
import { givenInputs, readInput, type Input } from "../inputs.ts";

/** Kilometres between two places on a sphere. */
export interface HaversineFeature {
  readonly kind: "haversine";
  readonly name: string;
  /** Latitude and longitude of the one and of the other, in degrees: inputs, or numbers that are always the same. */
  readonly angles: readonly (Input | number)[];
}

declare module "../../blueprint.ts" {
  interface FeatureKinds {
    haversine: HaversineFeature;
  }
}

/** The earth's mean radius R1 = (2a + b) / 3 of WGS 84, km. */
const RADIUS = 6371.0088;
const RADIANS = Math.PI / 180;
const PARTS = 4;

/**
 * Missing if one of the four numbers is, or is no such angle: latitudes are −90 to 90 degrees, longitudes −180 to 180.
 * After R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984). The earth is no sphere: distances differ
 * from those on the ellipsoid by up to 0.6 %.
 */
export const haversineKind: FeatureKind<HaversineFeature> = {
  name: "haversine",
  written: "section",
  keys: () => ({
    haversine: [
      "list of numbers of `context`, or features above, or degrees: latitude and longitude, twice",
      "required",
      `${PARTS} of them`,
    ],
  }),
  marks: () => ["haversine"],
  read,
  canonical: (feature) => feature,
  describe: ({ angles }) => `km between ${angles.map(textOf).join(", ")}`,
  columnDoc: ({ angles }) => {
    const [a, b, c, d] = angles.map(textOf);
    return `Kilometres between (${a}, ${b}) and (${c}, ${d}) on a sphere; null when one was missing or no such angle.`;
  },
  type: () => "number",
  compute({ angles }) {
    const inputs = angles.filter((angle) => typeof angle !== "number");
    const { names, entries, at } = givenInputs(inputs);
    const places = angles.map((angle) => (typeof angle === "number" ? -1 : at[inputs.indexOf(angle)]!));
    return {
      from: "features",
      names,
      entries,
      value(given) {
        const [lat1, lon1, lat2, lon2] = places.map((place, index) => (place < 0 ? angles[index] : given[place]));
        if (!isAngle(lat1, 90) || !isAngle(lat2, 90) || !isAngle(lon1, 180) || !isAngle(lon2, 180)) return null;
        return kilometres(lat1, lon1, lat2, lon2);
      },
    };
  },
};

const textOf = (angle: Input | number): string => (typeof angle === "number" ? String(angle) : angle.name);

const isAngle = (value: unknown, most: number): value is number =>
  typeof value === "number" && value >= -most && value <= most;

function kilometres(lat1: number, lon1: number, lat2: number, lon2: number): number {
  const alongLat = Math.sin(((lat2 - lat1) * RADIANS) / 2);
  const alongLon = Math.sin(((lon2 - lon1) * RADIANS) / 2);
  const half = alongLat * alongLat + Math.cos(lat1 * RADIANS) * Math.cos(lat2 * RADIANS) * alongLon * alongLon;
  return 2 * RADIUS * Math.asin(Math.sqrt(Math.min(1, half)));
}

function read(place: Place, name: string, known: FeaturesKnown): ReadFeature<HaversineFeature> {
  const section = readSection(place, Object.keys(haversineKind.keys()));
  const angles = required(section, "haversine", (at) => {
    const items = readItems(at, "a list of four numbers");
    if (items === undefined) return undefined;
    if (items.length !== PARTS) {
      return complain(at, `expected four numbers, found ${items.length}`, "latitude, longitude, latitude, longitude");
    }
    const read = items.flatMap((item, index) => readAngle(item, index % 2 === 0 ? 90 : 180, name, known) ?? []);
    if (read.length !== PARTS) return undefined;
    return read.some((angle) => typeof angle !== "number") ? read : complain(at, "the distance is always the same");
  });
  return angles === undefined ? "unusable" : { kind: "haversine", name, angles };
}

function readAngle(place: Place, most: number, name: string, known: FeaturesKnown): Input | number | undefined {
  const isNumber = isScalar(place.node) && typeof place.node.value === "number";
  return isNumber ? readNumber(place, { min: -most, max: most }) : readInput(place, name, known, ["number"], "numbers");
}
