import { isMap, isScalar } from "yaml";
import type { EpisodeLearning, EpisodesConfig } from "../../config/episodes-config.ts";
import { BOUNDS, DEFAULTS } from "../../defaults.ts";
import { formatDuration } from "../../duration.ts";
import { endTypes } from "../../episodes/end-formula.ts";
import { EPISODE_KEY } from "../../episodes/compiled-episodes.ts";
import { episodeLearnerKinds } from "../../episodes/learners.ts";
import { canonicalFormula } from "../../formula/index.ts";
import { rangeText, type KeySaid, type KeysSaid } from "../../key-reference.ts";
import { seedParameter } from "../../learners/index.ts";
import type { Parameter } from "../../learners/parameter.ts";
import { saidParameters } from "../../learners/said-parameters.ts";
import { weightFlags } from "../../labels/row-weight.ts";
import { readFormula } from "../../yaml/formula.ts";
import { whole, type Partly } from "../../yaml/partly.ts";
import { complain, found, type Place } from "../../yaml/place.ts";
import { readChoice, readDuration, readNumber, readOrNone } from "../../yaml/scalars.ts";
import { optional, readSection, required } from "../../yaml/section.ts";
import type { BlueprintSection, Reading } from "../blueprint-section.ts";
import { contextSection } from "../context.ts";
import { decisionSpaceSection } from "../decision-space.ts";
import { featuresSection } from "../features.ts";
import { observationsSection } from "../observations.ts";
import { labelsSection } from "./labels.ts";
import { rewardSection } from "./reward.ts";

const { episodes: defaults } = DEFAULTS;

const KEYS = {
  by: ["unit, or a context entry of type key", defaults.by],
  gap: ["duration", formatDuration(defaults.gapMs), rangeText("episodeGap", formatDuration)],
  length: ["whole number", String(defaults.length), rangeText("episodeLength")],
  end: ["formula of labels and features: boolean", "no decision ends one"],
  discount: ["number", String(defaults.discount), rangeText("discount")],
} satisfies Record<string, KeySaid>;

const learnerNames = (): readonly string[] => episodeLearnerKinds.names();

const learnKeys = (): KeysSaid => ({
  learn: ["section", "a model learns the labels"],
  "learn.learner": [
    learnerNames()
      .map((name) => `\`${name}\``)
      .join(" or "),
    "required",
  ],
  ...Object.fromEntries(
    Object.entries(saidParameters(episodeLearnerKinds.all())).map(([name, said]) => [`learn.${name}`, said]),
  ),
  "learn.newest": ["duration, or `none`", "none", rangeText("newestEpisodes", formatDuration)],
  "learn.seed": seedParameter.said,
});

/** How decisions follow each other. */
export const episodesSection: BlueprintSection<"episodes", Partly<EpisodesConfig> | null | undefined> = {
  name: "episodes",
  said: ["section", "decisions do not follow each other"],
  keys: () => ({ ...KEYS, ...learnKeys() }),
  read: (blueprint, of) =>
    optional<Partly<EpisodesConfig> | null>(blueprint, "episodes", null, (place) => readEpisodes(place, of)),
  whole: (read) => (read === null ? null : whole(read)),
  *describe(episodes) {
    if (episodes === null) return;
    yield ["episodes.by", episodes.by];
    yield ["episodes.gap", formatDuration(episodes.gapMs)];
    yield ["episodes.length", episodes.length];
    yield ["episodes.end", episodes.end];
    yield ["episodes.discount", episodes.discount];
    const { learn } = episodes;
    if (learn === null) return;
    yield ["episodes.learn.learner", learn.learner];
    for (const [name, value] of Object.entries(learn.parameters)) yield [`episodes.learn.${name}`, value];
    yield ["episodes.learn.newest", learn.newestMs === null ? "none" : formatDuration(learn.newestMs)];
    yield ["episodes.learn.seed", learn.seed];
  },
  canonical(episodes) {
    if (episodes === null) return undefined;
    const { end, learn } = episodes;
    return {
      ...episodes,
      end: end === null ? null : canonicalFormula(end),
      learn: learn && { ...learn, newestMs: learn.newestMs ?? undefined },
    };
  },
};

function readEpisodes(place: Place, of: Reading): Partly<EpisodesConfig> | undefined {
  const section = readSection(place, [...Object.keys(KEYS), "learn"]);
  const { labels, complete } = of(labelsSection);
  const space = of(decisionSpaceSection);
  if (space !== undefined && space.kind !== "boolean" && space.kind !== "actions")
    return complain(
      place,
      space.kind === "options"
        ? "a row has the option that was shown alone, and a step needs all that could be done"
        : "a step needs all that could be done, and numbers are without end",
      "take decisionSpace boolean or actions, or leave the episodes out",
    );
  if (complete && of(rewardSection) === null && labels.length > 1)
    return complain(place, "there are several labels, and no reward", "say what a decision was worth: reward: …");
  return {
    by: optional(section, "by", defaults.by, (at) => readBy(at, of)),
    gapMs: optional(section, "gap", defaults.gapMs, (at) => readDuration(at, BOUNDS.episodeGap)),
    length: optional(section, "length", defaults.length, (at) => readNumber(at, BOUNDS.episodeLength, "whole")),
    end: optional<string | null>(section, "end", null, (at) => readEnd(at, of)),
    discount: optional(section, "discount", defaults.discount, (at) => readNumber(at, BOUNDS.discount)),
    learn: optional<EpisodeLearning | null>(section, "learn", null, (at) => {
      const learn = readLearn(at);
      if (section!.fields.has("end")) return learn;
      return complain(at, "only episodes with an end can judge what is learnt", "say what ends one: end: gone");
    }),
  };
}

function readLearn(place: Place): EpisodeLearning | undefined {
  const named = isMap(place.node) ? place.source.resolve(place.node.get("learner", true)) : undefined;
  const kind = episodeLearnerKinds.all().find(({ name }) => isScalar(named) && named.value === name);
  const parameters = Object.entries<Parameter>(kind?.parameters ?? {});
  const section = readSection(place, ["learner", ...parameters.map(([name]) => name), "newest", "seed"]);
  const learner = required(section, "learner", (at) => readChoice(at, learnerNames()));
  const noFeatures = { features: [], complete: true };
  const read = parameters.map(
    ([name, parameter]) =>
      [name, optional(section, name, parameter.fallback, (at) => parameter.read(at, noFeatures))] as const,
  );
  const newestMs = optional<number | null>(section, "newest", null, (at) =>
    readOrNone(at, (at) => readDuration(at, BOUNDS.newestEpisodes)),
  );
  const seed = optional(section, "seed", seedParameter.fallback, (at) => seedParameter.read(at, noFeatures));
  if (learner === undefined || newestMs === undefined || seed === undefined) return undefined;
  if (read.some(([, value]) => value === undefined)) return undefined;
  return { learner, parameters: Object.fromEntries(read) as Readonly<Record<string, number>>, newestMs, seed };
}

function readBy(place: Place, of: Reading): string | undefined {
  const name = isScalar(place.node) ? place.node.value : null;
  if (typeof name !== "string") return complain(place, `expected unit or a name, found ${found(place)}`);
  if (name === "unit") return name;
  const context = of(contextSection);
  const type = context.known[name];
  const keys = Object.keys(context.known).filter((each) => context.known[each] === "key");
  if (type === undefined && !context.complete) return name;
  if (type !== "key") {
    const what = type === undefined ? `there is no context entry "${name}"` : `"${name}" is a ${type}`;
    const guess = place.source.guess(name, ["unit", ...keys]);
    const known = ["unit", ...keys].join(", ");
    return complain(place, what, guess === null ? `of type key, or unit: ${known}` : `did you mean "${guess}"?`);
  }
  if (of(featuresSection).features.some((feature) => feature.name === EPISODE_KEY))
    return complain(
      place,
      `"${EPISODE_KEY}" is a feature already, and a column of the rows`,
      "give the feature another name",
    );
  return name;
}

function readEnd(place: Place, of: Reading): string | undefined {
  const { labels, complete } = of(labelsSection);
  const features = of(featuresSection);
  const names = labels.flatMap(({ name }) => name ?? []);
  const isKnown = complete && features.complete;
  const known = endTypes(names, features.features);
  const unusable = new Map(
    Object.keys(of(observationsSection).known)
      .filter((name) => !Object.hasOwn(known, name))
      .map((name) => {
        const hint = "an end is of labels and features: name what it needs of the observations as a label";
        return [name, { reason: `"${name}" is of an observation`, hint }] as const;
      }),
  );
  const flags = weightFlags(labels);
  const named = { known, complete: isKnown, unusable, flags };
  const text = isScalar(place.node) ? place.node.value : null;
  // A label that is 0 or 1 is a condition, alone too.
  const formula = readFormula(place, named, typeof text === "string" && flags.has(text) ? ["number"] : ["boolean"]);
  if (formula === undefined) return undefined;
  if (formula.names.length > 0 || !isKnown) return formula.text;
  return complain(place, `"${formula.text}" is the same for every decision`, "name a label or a feature");
}
