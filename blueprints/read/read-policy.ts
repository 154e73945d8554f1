import type { DecisionSpace, PolicyConfig } from "../blueprint.ts";
import { BOUNDS, KEYS } from "../defaults.ts";
import { policyTypes } from "../formula/formula-types.ts";
import type { Formula, FormulaNode, FormulaType } from "../formula/index.ts";
import { doubtPolicy, type PolicyKnown } from "./doubts.ts";
import { readFormula } from "./formulas.ts";
import type { Partly } from "./partly.ts";
import { complain, found, type Place } from "./place.ts";
import { optional, readEntries, readItems, readSection, required } from "./section.ts";
import { checkName, readText } from "./values.ts";
import { isMap, isScalar, isSeq, type Node } from "yaml";

const TYPES: Readonly<Record<DecisionSpace["kind"], FormulaType>> = {
  boolean: "boolean",
  number: "number",
  actions: "string",
};

const SPACES = ["boolean", "number", "actions"];
const ends = ({ range }: Node): [number, number] => [range?.[0] ?? 0, range?.[1] ?? 0];

export function readDecisionSpace(place: Place): DecisionSpace | undefined {
  const wanted = "boolean, number or actions: [a, b]";
  if (isScalar(place.node)) {
    if (place.node.value === "boolean" || place.node.value === "number") return { kind: place.node.value };
    const guess = typeof place.node.value === "string" ? place.source.guess(place.node.value, SPACES) : null;
    return complain(
      place,
      `expected ${wanted}, found ${found(place)}`,
      guess === null ? null : `did you mean "${guess}"?`,
    );
  }
  if (!isMap(place.node)) {
    const hint = isSeq(place.node)
      ? `write actions: ${place.source.text.slice(...ends(place.node)).slice(0, 80)}`
      : null;
    return complain(place, `expected ${wanted}, found ${found(place)}`, hint);
  }
  const actions = required(readSection(place, KEYS.decisionSpace), "actions", (place) => {
    const items = readItems(place, "a list of actions");
    if (items === undefined) return undefined;
    if (items.length < 1 || items.length > BOUNDS.actions) {
      return complain(place, `expected 1 to ${BOUNDS.actions} actions, found ${items.length}`);
    }
    const names: string[] = [];
    let complete = true;
    for (const item of items) {
      const name = readText(item, "an action's name", BOUNDS.actionLength);
      if (name !== undefined && names.includes(name)) complain(item, `action "${name}" twice`);
      else if (name !== undefined) names.push(name);
      else complete = false;
    }
    return complete ? names : undefined;
  });
  return actions === undefined ? undefined : { kind: "actions", actions };
}

export function readPolicy(place: Place, known: PolicyKnown): Partly<PolicyConfig> {
  const { label, features, space } = known;
  const section = readSection(place, KEYS.policy);
  const types = policyTypes(label, features.features);
  const named = new Map<string, NamedFormula>();
  let complete = features.complete && label !== undefined;
  const texts = space?.kind === "actions" ? space.actions : [];
  const formulas = optional<true>(section, "formulas", true, (place) => {
    const entries = readEntries(place, "a section of names and formulas");
    if (entries === undefined) return undefined;
    if (entries.length > BOUNDS.formulas) {
      return complain(place, `at most ${BOUNDS.formulas} formulas, found ${entries.length}`);
    }
    for (const { name, key, value, again } of entries) {
      if (!checkName(key, name) || again) {
        place.source.broken.add(name);
        complete = false;
        continue;
      }
      if (Object.hasOwn(types, name)) {
        complain(key, `"${name}" is the label or a feature already`, "choose another name");
        continue;
      }
      const formula = readFormula(value, { known: types, complete, texts }, ["number", "boolean", "string"]);
      if (formula === undefined) {
        place.source.broken.add(name);
        continue;
      }
      named.set(name, { formula, place: value });
      types[name] = formula.type;
    }
    return true;
  });
  if (formulas === undefined) complete = false;
  const decide = required(section, "decide", (place) => {
    const names = { known: types, complete, texts };
    const formula = readFormula(place, names, space === undefined ? undefined : [TYPES[space.kind]]);
    if (formula !== undefined && space?.kind === "actions") checkActions(place, formula, { named, types, ...space });
    return formula;
  });
  if (section !== undefined) doubtPolicy(section, named, decide, known);
  return {
    formulas: formulas && [...named].map(([name, { formula }]) => ({ name, formula: formula.text })),
    decide: decide?.text,
  };
}

interface NamedFormula {
  readonly formula: Formula;
  readonly place: Place;
}

interface Actions {
  readonly named: ReadonlyMap<string, NamedFormula>;
  readonly types: Readonly<Record<string, FormulaType>>;
  readonly actions: readonly string[];
}

/** Every string the formula can come to must be an action, so that no decision falls outside its space. */
function checkActions(place: Place, formula: Formula, { named, types, actions }: Actions): void {
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
      if (earlier !== undefined) visit(earlier.formula.root);
      else if (Object.hasOwn(types, node.name))
        complain(place, `"${node.name}" can be anything, a decision must be an action`, "name the actions in an if");
    } else if (node.kind === "literal" && typeof node.value === "string" && !actions.includes(node.value)) {
      const guess = place.source.guess(node.value, actions);
      const hint = guess === null ? `the actions: ${actions.slice(0, 12).join(", ")}` : `did you mean "${guess}"?`;
      complain(place, `"${node.value}" is no action`, hint);
    }
  };
  visit(formula.root);
}
