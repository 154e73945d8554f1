import { isMap, isScalar, isSeq, type Node } from "yaml";
import type { DecisionSpace } from "../blueprint.ts";
import { BOUNDS } from "../defaults.ts";
import { mostText, type KeySaid } from "../key-reference.ts";
import { complain, found, type Place } from "../yaml/place.ts";
import { readText } from "../yaml/scalars.ts";
import { complainTwice, readItems, readSection, required } from "../yaml/section.ts";
import type { BlueprintSection } from "./blueprint-section.ts";

const KEYS = {
  actions: [
    "list of texts",
    "required in a section",
    `1 to ${BOUNDS.actions}, each ${mostText("actionLength", "characters")}`,
  ],
} satisfies Record<string, KeySaid>;

export const decisionSpaceSection: BlueprintSection<"decisionSpace", DecisionSpace | undefined> = {
  name: "decisionSpace",
  said: ["`boolean`, `number` or a section", "required"],
  keys: () => KEYS,
  read: (blueprint) => required(blueprint, "decisionSpace", readDecisionSpace),
  whole: (read) => read,
  describe: (space) => [
    ["decisionSpace", space.kind === "actions" ? `actions ${JSON.stringify(space.actions)}` : space.kind],
  ],
  canonical: (space) => space,
};

const SPACES = ["boolean", "number"];
const ends = ({ range }: Node): [number, number] => [range?.[0] ?? 0, range?.[1] ?? 0];

function readDecisionSpace(place: Place): DecisionSpace | undefined {
  const wanted = "boolean, number or actions: [a, b]";
  if (isScalar(place.node)) {
    if (place.node.value === "boolean" || place.node.value === "number") return { kind: place.node.value };
    const guess = typeof place.node.value === "string" ? place.source.guess(place.node.value, SPACES) : null;
    return complain(
      place,
      `expected ${wanted}, found ${found(place)}`,
      guess === null ? "texts are named: { actions: [a, b] }" : `did you mean "${guess}"?`,
    );
  }
  if (!isMap(place.node)) {
    const hint = isSeq(place.node)
      ? `write actions: ${place.source.text.slice(...ends(place.node)).slice(0, 80)}`
      : null;
    return complain(place, `expected ${wanted}, found ${found(place)}`, hint);
  }
  const actions = required(readSection(place, Object.keys(KEYS)), "actions", (place) => {
    const items = readItems(place, "a list of actions");
    if (items === undefined) return undefined;
    if (items.length < 1 || items.length > BOUNDS.actions) {
      return complain(place, `expected 1 to ${BOUNDS.actions} actions, found ${items.length}`);
    }
    const names: string[] = [];
    let complete = true;
    for (const item of items) {
      const name = readText(item, "an action's name", BOUNDS.actionLength);
      if (name !== undefined && names.includes(name)) complainTwice(item, `action "${name}" twice`);
      else if (name !== undefined) names.push(name);
      else complete = false;
    }
    return complete ? names : undefined;
  });
  return actions === undefined ? undefined : { kind: "actions", actions };
}
