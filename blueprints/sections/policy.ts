import type { DecisionSpace, PolicyConfig } from "../blueprint.ts";
import { BOUNDS } from "../defaults.ts";
import { canonicalFormula, type Formula, type FormulaNode, type FormulaType } from "../formula/index.ts";
import { mostText, type KeySaid } from "../key-reference.ts";
import { policyTypes } from "../policy/policy-types.ts";
import { doubtPolicy, type PolicyKnown } from "../read/doubts.ts";
import { readFormula } from "../yaml/formula.ts";
import { whole, type Partly } from "../yaml/partly.ts";
import { complain, type Place } from "../yaml/place.ts";
import { optional, readEntries, readSection, required } from "../yaml/section.ts";
import { checkName } from "../yaml/scalars.ts";
import type { BlueprintSection } from "./blueprint-section.ts";
import { decisionSpaceSection } from "./decision-space.ts";
import { featuresSection } from "./features.ts";
import { labelsSection } from "./labels.ts";

const TYPES: Readonly<Record<DecisionSpace["kind"], FormulaType>> = {
  boolean: "boolean",
  number: "number",
  actions: "string",
};

const KEYS = {
  formulas: ["names and formulas", "none", mostText("formulas", "formulas")],
  decide: ["formula: of the decision space", "required"],
} satisfies Record<string, KeySaid>;

export const policySection: BlueprintSection<"policy", Partly<PolicyConfig> | undefined> = {
  name: "policy",
  said: ["section", "required"],
  keys: () => KEYS,
  read(blueprint, of) {
    const labels = of(labelsSection);
    const features = of(featuresSection);
    const space = of(decisionSpaceSection);
    return required(blueprint, "policy", (place) => readPolicy(place, { labels, features, space }));
  },
  whole,
  *describe({ formulas, decide }) {
    for (const { name, formula } of formulas) yield [`policy.formulas.${name}`, formula];
    yield ["policy.decide", decide];
  },
  canonical: ({ formulas, decide }) => ({
    formulas: formulas.map(({ name, formula }) => ({ name, formula: canonicalFormula(formula) })),
    decide: canonicalFormula(decide),
  }),
};

function readPolicy(place: Place, known: PolicyKnown): Partly<PolicyConfig> {
  const { labels, features, space } = known;
  const section = readSection(place, Object.keys(KEYS));
  const types = policyTypes(
    labels.labels.flatMap(({ name }) => name ?? []),
    features.features,
  );
  const named = new Map<string, NamedFormula>();
  let complete = features.complete && labels.complete;
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
        complain(key, `"${name}" is a label or a feature already`, "choose another name");
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
