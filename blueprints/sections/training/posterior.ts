import { isScalar } from "yaml";
import type { Feature } from "../../blueprint.ts";
import { BOUNDS, DEFAULTS } from "../../defaults.ts";
import { formatDuration } from "../../duration.ts";
import type { PosteriorConfig } from "../../config/posterior-config.ts";
import { featureType } from "../../features/kinds/index.ts";
import { mostText, rangeText, type KeySaid } from "../../key-reference.ts";
import { isPosteriorName } from "../../posterior/names.ts";
import { whole, type Partly } from "../../yaml/partly.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { readChoice, readDuration, readNumber } from "../../yaml/scalars.ts";
import { optional, readSection } from "../../yaml/section.ts";
import type { BlueprintSection, Reading } from "../blueprint-section.ts";
import type { DeclaredFeatures } from "../../features/declared-features.ts";
import { featuresSection } from "../features.ts";
import { labelsSection } from "../labels/labels.ts";
import { rewardSection } from "../labels/reward.ts";
import { readFeatureNames } from "./feature-names.ts";

const BY = ["option", "all"] as const;
const { posterior: defaults } = DEFAULTS;

const KEYS = {
  of: ["name of a label, or reward", "reward; without one the only label"],
  features: ["list of features that are numbers or booleans", "all of them", mostText("posteriorFeatures", "features")],
  by: [`one of ${BY.join(", ")}`, defaults.by],
  ridge: ["number: precision of a weight before the first row", String(defaults.ridge), rangeText("ridge")],
  after: [
    "duration: a row counts for decisions so much later",
    formatDuration(defaults.afterMs),
    rangeText("posteriorAfter", formatDuration),
  ],
} satisfies Record<string, KeySaid>;

const NAMES = { most: BOUNDS.posteriorFeatures, whyNot, wanted: "name numbers and booleans" };

/** Linear weights of options, learnt row by row. */
export const posteriorSection: BlueprintSection<"posterior", Partly<PosteriorConfig> | null | undefined> = {
  name: "posterior",
  said: ["section", "nothing is learnt row by row"],
  keys: () => KEYS,
  read: (blueprint, of) =>
    optional<Partly<PosteriorConfig> | null>(blueprint, "posterior", null, (place) => readPosterior(place, of)),
  whole: (read) => (read === null ? null : whole(read)),
  *describe(posterior) {
    if (posterior === null) return;
    yield ["posterior.of", posterior.of];
    yield ["posterior.features", posterior.features.join(", ")];
    yield ["posterior.by", posterior.by];
    yield ["posterior.ridge", posterior.ridge];
    yield ["posterior.after", formatDuration(posterior.afterMs)];
  },
  canonical: (posterior) => posterior ?? undefined,
};

function readPosterior(place: Place, of: Reading): Partly<PosteriorConfig> | undefined {
  const section = readSection(place, Object.keys(KEYS));
  const { labels, complete } = of(labelsSection);
  const features = of(featuresSection);
  const names = labels.flatMap(({ name }) => name ?? []);
  const taken = [...names, ...features.features.map(({ name }) => name)].find(isPosteriorName);
  if (taken !== undefined)
    return complain(place, `"${taken}" is a name that the policy has of the posterior`, "give the other another name");
  const reward = of(rewardSection);
  const columns = reward === null ? names : [...names, "reward"];
  const unsaid = reward === null ? (labels.length === 1 ? names[0] : undefined) : "reward";
  if (section !== undefined && !section.fields.has("of") && reward === null && complete && names.length > 1)
    complain(place, 'missing field "of": there are several labels', `write of: ${names[0]!}, or declare a reward`);
  return {
    of: optional(section, "of", unsaid, (at) => {
      // Where some label could not be read, an unknown name may be that one's.
      if (complete && reward !== undefined) return readChoice(at, columns);
      return isScalar(at.node) && typeof at.node.value === "string" ? at.node.value : undefined;
    }),
    features: optional(section, "features", usable(features), (at) => readFeatureNames(at, features, NAMES)),
    by: optional<PosteriorConfig["by"]>(section, "by", defaults.by, (at) => readChoice(at, BY)),
    ridge: optional<number>(section, "ridge", defaults.ridge, (at) => readNumber(at, BOUNDS.ridge)),
    afterMs: optional<number>(section, "after", defaults.afterMs, (at) => readDuration(at, BOUNDS.posteriorAfter)),
  };

  function usable({ features: all, complete: isAll }: DeclaredFeatures): readonly string[] | undefined {
    const own = all.filter((feature) => whyNot(feature) === undefined).map(({ name }) => name);
    if (isAll && own.length > BOUNDS.posteriorFeatures && section?.fields.has("features") === false)
      return complain(
        place,
        `at most ${BOUNDS.posteriorFeatures} features, and ${own.length} are numbers or booleans`,
        "write those that matter: features: [a, b]",
      );
    return own;
  }
}

/** The reason that a feature can have no weight; `undefined`: it can. */
function whyNot(feature: Feature): string | undefined {
  if (feature.kind === "position") return "is a position, which no option has before it is shown";
  return featureType(feature) === "category"
    ? "is a category: a feature { oneHot: … } or a formula makes numbers of it"
    : undefined;
}
