import { BOUNDS, DEFAULTS } from "../../defaults.ts";
import { formatDuration } from "../../duration.ts";
import { percentText, rangeText, type KeySaid } from "../../key-reference.ts";
import type { Guardrail, LadderConfig } from "../../config/ladder-config.ts";
import { whole, type Partly } from "../../yaml/partly.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { readDuration, readNumber, readOrNone, readShare } from "../../yaml/scalars.ts";
import { complainTwice, optional, readEntries, readItems, readSection } from "../../yaml/section.ts";
import type { BlueprintSection, Reading } from "../blueprint-section.ts";
import { episodesSection } from "../labels/episodes.ts";
import { labelsSection } from "../labels/labels.ts";
import { rewardSection } from "../labels/reward.ts";

const { ladder: defaults } = DEFAULTS;
const sharesText = (shares: readonly number[]): string => `[${shares.map(percentText).join(", ")}]`;

const KEYS = {
  shadow: ["whole number, or `none`", String(defaults.shadow), rangeText("ladderDecisions")],
  canary: [
    "list of percentages that grow, or `none`",
    sharesText(defaults.canary),
    `${rangeText("canaryShare", percentText)} each`,
  ],
  decisions: ["whole number", String(defaults.decisions), rangeText("ladderDecisions")],
  watch: ["whole number, or `none`", "none", rangeText("ladderDecisions")],
  giveUpAfter: ["duration", formatDuration(defaults.giveUpAfterMs), rangeText("giveUpAfter", formatDuration)],
  latency: ["duration", formatDuration(defaults.latencyMs), rangeText("latency", formatDuration)],
  guardrails: ["section: a label, or `reward`, and its bound", "none"],
  "guardrails.NAME.rise": [
    "percentage of the mean in production",
    "no bound, but one of rise and fall is required",
    rangeText("guardrail", percentText),
  ],
  "guardrails.NAME.fall": [
    "percentage of the mean in production",
    "no bound, but one of rise and fall is required",
    rangeText("guardrail", percentText),
  ],
} satisfies Record<string, KeySaid>;

/** How a new model comes to serve beside another one. */
export const ladderSection: BlueprintSection<"ladder", Partly<LadderConfig> | null | undefined> = {
  name: "ladder",
  said: ["section", "what passes the gate goes into production"],
  keys: () => KEYS,
  read: (blueprint, of) =>
    optional<Partly<LadderConfig> | null>(blueprint, "ladder", null, (place) => readLadder(place, of)),
  whole: (read) => (read === null ? null : whole(read)),
  *describe(ladder) {
    if (ladder === null) return;
    yield ["ladder.shadow", ladder.shadow];
    yield ["ladder.canary", ladder.canary.length === 0 ? null : sharesText(ladder.canary)];
    yield ["ladder.decisions", ladder.decisions];
    yield ["ladder.watch", ladder.watch];
    yield ["ladder.giveUpAfter", formatDuration(ladder.giveUpAfterMs)];
    yield ["ladder.latency", formatDuration(ladder.latencyMs)];
    for (const [name, { direction, most }] of Object.entries(ladder.guardrails))
      yield [`ladder.guardrails.${name}.${direction}`, percentText(most)];
  },
  canonical: (ladder) => (ladder === null ? undefined : { ...ladder, watch: ladder.watch ?? undefined }),
};

function readLadder(place: Place, of: Reading): Partly<LadderConfig> | undefined {
  const section = readSection(
    place,
    Object.keys(KEYS).filter((key) => !key.includes(".")),
  );
  return {
    shadow: optional<number | null>(section, "shadow", defaults.shadow, (at) =>
      readOrNone(at, (some) => readNumber(some, BOUNDS.ladderDecisions, "whole")),
    ),
    canary: optional<readonly number[]>(section, "canary", defaults.canary, (at) => {
      const shares = readOrNone(at, readShares);
      return shares === null ? [] : shares;
    }),
    decisions: optional(section, "decisions", defaults.decisions, (at) =>
      readNumber(at, BOUNDS.ladderDecisions, "whole"),
    ),
    watch: optional<number | null>(section, "watch", defaults.watch, (at) =>
      readOrNone(at, (some) => readWatch(some, of)),
    ),
    giveUpAfterMs: optional(section, "giveUpAfter", defaults.giveUpAfterMs, (at) =>
      readDuration(at, BOUNDS.giveUpAfter),
    ),
    latencyMs: optional(section, "latency", defaults.latencyMs, (at) => readDuration(at, BOUNDS.latency)),
    guardrails: optional<LadderConfig["guardrails"]>(section, "guardrails", defaults.guardrails, (at) =>
      readGuardrails(at, of),
    ),
  };
}

function readWatch(place: Place, of: Reading): number | undefined {
  if ((of(episodesSection)?.learn ?? null) !== null)
    return complain(
      place,
      "a watch compares predictions of labels, and this model learns from episodes",
      "take it away",
    );
  return readNumber(place, BOUNDS.ladderDecisions, "whole");
}

function readShares(place: Place): readonly number[] | undefined {
  const items = readItems(place, "a list of percentages, or none");
  if (items === undefined) return undefined;
  if (items.length === 0) return complain(place, "the list is empty", "write none");
  const shares: number[] = [];
  for (const item of items.slice(0, BOUNDS.canarySteps)) {
    const share = readShare(item, BOUNDS.canaryShare);
    if (share === undefined) return undefined;
    const before = shares.at(-1);
    if (before !== undefined && share <= before)
      return complain(
        item,
        `${percentText(share)} is not above the share before it, ${percentText(before)}`,
        "write the smallest first",
      );
    shares.push(share);
  }
  if (items.length <= BOUNDS.canarySteps) return shares;
  return complain(place, `at most ${BOUNDS.canarySteps} shares, found ${items.length}`);
}

function readGuardrails(place: Place, of: Reading): LadderConfig["guardrails"] | undefined {
  const entries = readEntries(place, "a section of labels, or reward, and their bounds");
  if (entries === undefined) return undefined;
  const { labels, complete } = of(labelsSection);
  const names = labels.flatMap(({ name }) => name ?? []);
  const reward = of(rewardSection);
  const known = reward === null ? names : [...names, "reward"];
  const guardrails: Record<string, Guardrail> = {};
  let isWhole = true;
  for (const { name, key, value, again } of entries) {
    // Where some label could not be read, an unknown name may be that one's.
    const isKnown = !complete || reward === undefined || known.includes(name);
    if (!isKnown) {
      const guess = place.source.guess(name, known);
      const hint = guess === null ? `known: ${known.join(", ")}` : `did you mean "${guess}"?`;
      complain(key, name === "reward" ? "there is no reward" : `there is no label "${name}"`, hint);
    }
    const guardrail = readGuardrail(value);
    if (guardrail === undefined || again || !isKnown) isWhole = false;
    else guardrails[name] = guardrail;
  }
  return isWhole ? guardrails : undefined;
}

function readGuardrail(place: Place): Guardrail | undefined {
  const section = readSection(place, ["rise", "fall"]);
  const read = (name: Guardrail["direction"]): number | null | undefined =>
    optional<number | null>(section, name, null, (at) => readShare(at, BOUNDS.guardrail));
  const [rise, fall] = [read("rise"), read("fall")];
  if (rise === undefined || fall === undefined || section!.strange.size > 0) return undefined;
  if (rise !== null && fall !== null)
    return complainTwice(section!.fields.get("fall")!, "rise and fall are both there", section!.fields.get("rise"));
  if (rise !== null) return { direction: "rise", most: rise };
  if (fall !== null) return { direction: "fall", most: fall };
  return complain(place, "no bound", "write rise: 10% if more of it is worse, or fall: 10% if less of it is");
}
