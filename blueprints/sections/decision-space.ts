import { isMap, isScalar, isSeq, type Node } from "yaml";
import type { ContextType, DecisionSpace, Payload } from "../blueprint.ts";
import { BOUNDS, CONTEXT_TYPES } from "../defaults.ts";
import { mostText, type KeySaid } from "../key-reference.ts";
import { complain, found, type Place } from "../yaml/place.ts";
import { checkName, readText } from "../yaml/scalars.ts";
import { complainTwice, readEntries, readItems, readSection, required } from "../yaml/section.ts";
import { OPTION } from "../values/option-entries.ts";
import type { BlueprintSection } from "./blueprint-section.ts";
import { contextSection } from "./context.ts";
import { readTypeOrVector, readTypes } from "./named-types.ts";

const KEYS = {
  actions: [
    "list of texts, or each with its payload",
    "required in a section",
    `1 to ${BOUNDS.actions}, each ${mostText("actionLength", "characters")}`,
  ],
  options: [
    `names and types: ${CONTEXT_TYPES.join(", ")}`,
    "`actions`, or `options`, is required in a section",
    mostText("contextEntries", "entries"),
  ],
} satisfies Record<string, KeySaid>;

export const decisionSpaceSection: BlueprintSection<"decisionSpace", DecisionSpace | undefined> = {
  name: "decisionSpace",
  said: ["`boolean`, `number` or a section", "required"],
  keys: () => KEYS,
  read: (blueprint, of) =>
    required(blueprint, "decisionSpace", (place) => readDecisionSpace(place, of(contextSection).known)),
  whole: (read) => read,
  *describe(space) {
    yield ["decisionSpace", space.kind === "actions" ? `actions ${JSON.stringify(space.actions)}` : space.kind];
    if (space.kind === "options")
      for (const [name, type] of Object.entries(space.entries)) yield [`decisionSpace.options.${name}`, type];
    if (space.kind !== "actions") return;
    for (const [action, payload] of Object.entries(space.payloads ?? {})) {
      yield [`decisionSpace.actions.${action}`, JSON.stringify(payload)];
    }
  },
  canonical: (space) => space,
};

const SPACES = ["boolean", "number"];
const ends = ({ range }: Node): [number, number] => [range?.[0] ?? 0, range?.[1] ?? 0];

type Context = Readonly<Record<string, ContextType>>;

function readDecisionSpace(place: Place, context: Context): DecisionSpace | undefined {
  const wanted = "boolean, number, actions: [a, b] or options: { price: number }";
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
  const section = readSection(place, Object.keys(KEYS));
  const options = section?.fields.get("options");
  if (options !== undefined) {
    if (section!.fields.has("actions"))
      return complain(options, '"actions" and "options" are both there', "one of them");
    return readOptions(options, context);
  }
  return required(section, "actions", (place) => (isMap(place.node) ? readPayloads(place) : readNames(place)));
}

/** What each candidate of a request says of itself. */
function readOptions(place: Place, context: Context): DecisionSpace | undefined {
  if (isScalar(place.node) && place.node.value === null)
    return complain(place, "expected names and types, found nothing", "of options without any: options: {}");
  if (isSeq(place.node))
    return complain(place, `expected names and types, found ${found(place)}`, "a list of texts is actions: [a, b]");
  const isFree = (key: Place, _: ContextType, name: string): boolean => {
    if (name !== OPTION && !Object.hasOwn(context, name)) return true;
    const problem = name === OPTION ? "is the id of each option" : "is an entry of the context too";
    complain(key, `"${name}" ${problem}`, name === OPTION ? "leave it out" : "choose another name for one of the two");
    return false;
  };
  const { known, complete } = readTypes(
    place,
    `a section of names and types (${CONTEXT_TYPES.join(" | ")})`,
    (type) => readTypeOrVector<ContextType>(type, CONTEXT_TYPES),
    isFree,
  );
  if (!Object.hasOwn(context, OPTION)) return complete ? { kind: "options", entries: known } : undefined;
  return complain(
    place,
    `"${OPTION}" is an entry of the context`,
    "it names the id of each option: choose another name",
  );
}

function readNames(place: Place): DecisionSpace | undefined {
  const items = readItems(place, "a list of actions");
  if (items === undefined || !isFew(place, items.length)) return undefined;
  const actions: string[] = [];
  let complete = true;
  for (const item of items) {
    const name = readText(item, "an action's name", BOUNDS.actionLength);
    if (name !== undefined && actions.includes(name)) complainTwice(item, `action "${name}" twice`);
    else if (name !== undefined) actions.push(name);
    else complete = false;
  }
  return complete ? { kind: "actions", actions } : undefined;
}

function isFew(place: Place, actions: number): boolean {
  if (actions >= 1 && actions <= BOUNDS.actions) return true;
  complain(place, `expected 1 to ${BOUNDS.actions} actions, found ${actions}`);
  return false;
}

function readPayloads(place: Place): DecisionSpace | undefined {
  const entries = readEntries(place, "actions and their payloads");
  if (entries === undefined || !isFew(place, entries.length)) return undefined;
  const payloads: [string, Payload][] = [];
  let complete = true;
  for (const { name, key, value, again } of entries) {
    if (name.length < 1 || name.length > BOUNDS.actionLength) {
      complain(key, `an action's name has 1 to ${BOUNDS.actionLength} characters, found ${name.length}`);
    }
    const payload = readPayload(value, payloads[0]);
    if (again || payload === undefined) complete = false;
    else payloads.push([name, payload]);
  }
  if (!complete) return undefined;
  return { kind: "actions", actions: payloads.map(([name]) => name), payloads: Object.fromEntries(payloads) };
}

/** @param first the first action with its payload: the others have the same names and types */
function readPayload(
  place: Place,
  first: readonly [action: string, payload: Payload] | undefined,
): Payload | undefined {
  const hint = "write its settings: { kbps: 400, codec: h264 }; without payloads, actions is a list: [a, b]";
  const entries = readEntries(place, "a section of names and values", hint);
  if (entries === undefined) return undefined;
  if (entries.length < 1 || entries.length > BOUNDS.payloadFields) {
    return complain(place, `expected 1 to ${BOUNDS.payloadFields} names, found ${entries.length}`, hint);
  }
  const payload: [string, boolean | number | string][] = [];
  let complete = true;
  for (const { name, key, value, again } of entries) {
    const read = readSetting(value);
    const wanted = first?.[1][name];
    if (!checkName(key, name) || again || read === undefined) complete = false;
    else if (first !== undefined && wanted === undefined) {
      const guess = place.source.guess(name, Object.keys(first[1]));
      const mend = guess === null ? "all actions have the same names" : `did you mean "${guess}"?`;
      complete = complain(key, `action "${first[0]}" has no "${name}"`, mend) ?? false;
    } else if (wanted !== undefined && typeof wanted !== typeof read) {
      const problem = `"${name}" is a ${typeNames[typeof read]} here and a ${typeNames[typeof wanted]} in "${first![0]}"`;
      complete = complain(value, problem, "a name has one type in all actions") ?? false;
    } else payload.push([name, read]);
  }
  if (!complete) return undefined;
  const lacking = Object.keys(first?.[1] ?? {}).filter((name) => !payload.some(([each]) => each === name));
  if (lacking.length === 0) return Object.fromEntries(payload);
  return complain(
    place,
    `"${lacking[0]!}" is missing, which action "${first![0]}" has`,
    "all actions have the same names",
  );
}

const typeNames: Readonly<Record<string, string>> = { boolean: "boolean", number: "number", string: "text" };

function readSetting(place: Place): boolean | number | string | undefined {
  const value: unknown = isScalar(place.node) ? place.node.value : undefined;
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return value;
  if (typeof value === "string" && value.length <= BOUNDS.payloadText) return value;
  if (typeof value === "string") {
    return complain(place, `at most ${BOUNDS.payloadText} characters, found ${value.length}`);
  }
  return complain(place, `expected a number, a boolean or a text, found ${found(place)}`);
}
