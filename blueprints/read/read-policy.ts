import type { DecisionSpace, Feature, PolicyConfig } from "../blueprint.ts";
import { BOUNDS } from "../defaults.ts";
import { policyTypes } from "../formula-types.ts";
import type { Formula, FormulaNode, FormulaType } from "../formula/index.ts";
import { readFormula } from "./formulas.ts";
import { complain, found, type Place } from "./place.ts";
import { optional, readEntries, readItems, readSection, required } from "./section.ts";
import { checkName, readText } from "./values.ts";
import { isMap, isScalar } from "yaml";

const TYPES: Readonly<Record<DecisionSpace["kind"], FormulaType>> = {
  boolean: "boolean",
  number: "number",
  actions: "string",
};

export function readDecisionSpace(place: Place): DecisionSpace | undefined {
  const wanted = "boolean, number or actions: [a, b]";
  if (isScalar(place.node)) {
    if (place.node.value === "boolean" || place.node.value === "number") return { kind: place.node.value };
    return complain(place, `expected ${wanted}, found ${found(place)}`);
  }
  if (!isMap(place.node)) return complain(place, `expected ${wanted}, found ${found(place)}`);
  const actions = required(readSection(place, ["actions"]), "actions", (place) => {
    const items = readItems(place, "a list of actions");
    if (items === undefined) return undefined;
    if (items.length < 1 || items.length > BOUNDS.actions) {
      return complain(place, `expected 1 to ${BOUNDS.actions} actions, found ${items.length}`);
    }
    const names: string[] = [];
    for (const item of items) {
      const name = readText(item, "an action's name", BOUNDS.actionLength);
      if (name !== undefined && names.includes(name)) complain(item, `action "${name}" twice`);
      else if (name !== undefined) names.push(name);
    }
    return names;
  });
  return actions === undefined ? undefined : { kind: "actions", actions };
}

export function readPolicy(
  place: Place,
  label: string,
  features: readonly Feature[],
  space: DecisionSpace,
): PolicyConfig | undefined {
  const section = readSection(place, ["formulas", "decide"]);
  const types = policyTypes(label, features);
  const named = new Map<string, Formula>();
  optional(section, "formulas", undefined, (place) => {
    const entries = readEntries(place, "a section of names and formulas") ?? [];
    if (entries.length > BOUNDS.formulas) {
      return complain(place, `at most ${BOUNDS.formulas} formulas, found ${entries.length}`);
    }
    for (const { name, key, value } of entries) {
      if (!checkName(key, name)) {
        place.source.broken.add(name);
        continue;
      }
      if (Object.hasOwn(types, name)) {
        complain(key, `"${name}" is the label or a feature already`, "choose another name");
        continue;
      }
      const formula = readFormula(value, types, ["number", "boolean", "string"]);
      if (formula === undefined) {
        place.source.broken.add(name);
        continue;
      }
      named.set(name, formula);
      types[name] = formula.type;
    }
    return undefined;
  });
  const decide = required(section, "decide", (place) => {
    const formula = readFormula(place, types, [TYPES[space.kind]]);
    if (formula !== undefined && space.kind === "actions") checkActions(place, formula, named, space.actions);
    return formula;
  });
  if (decide === undefined) return undefined;
  return { formulas: [...named].map(([name, { text }]) => ({ name, formula: text })), decide: decide.text };
}

/** Every string the formula can come to must be an action, so that no decision falls outside its space. */
function checkActions(
  place: Place,
  formula: Formula,
  named: ReadonlyMap<string, Formula>,
  actions: readonly string[],
): void {
  /** Each once: a formula that is used twice by each that follows would be read 2^n times. */
  const seen = new Set<string>();
  const visit = (node: FormulaNode): void => {
    if (node.kind === "if") {
      visit(node.then);
      visit(node.otherwise);
    } else if (node.kind === "name") {
      if (seen.has(node.name)) return;
      seen.add(node.name);
      const earlier = named.get(node.name);
      if (earlier !== undefined) visit(earlier.root);
      else complain(place, `"${node.name}" can be anything, a decision must be an action`, "name the actions in an if");
    } else if (node.kind === "literal" && typeof node.value === "string" && !actions.includes(node.value)) {
      const guess = place.source.guess(node.value, actions);
      const hint = guess === null ? `the actions: ${actions.slice(0, 12).join(", ")}` : `did you mean "${guess}"?`;
      complain(place, `"${node.value}" is no action`, hint);
    }
  };
  visit(formula.root);
}
