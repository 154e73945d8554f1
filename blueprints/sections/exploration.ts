import type { PolicyConfig } from "../blueprint.ts";
import type { ExplorationConfig } from "../config/exploration-config.ts";
import { BOUNDS } from "../defaults.ts";
import { explorationKinds, kindOfExploration } from "../exploration/kinds/index.ts";
import type { Drawn } from "../exploration/exploration-kind.ts";
import { settingsOf } from "../exploration/settings.ts";
import { compileFormula, type FormulaType } from "../formula/index.ts";
import { keysOfPart, rangeText, type KeySaid } from "../key-reference.ts";
import { policyTypes } from "../policy/policy-types.ts";
import { posteriorNames } from "../posterior/names.ts";
import { kindOfRule } from "../policy/rules/index.ts";
import { complain, type Place } from "../yaml/place.ts";
import { optional, readSection, required } from "../yaml/section.ts";
import type { BlueprintSection } from "./blueprint-section.ts";
import { decisionSpaceSection } from "./decision-space.ts";
import { featuresSection } from "./features.ts";
import { labelsSection } from "./labels/labels.ts";
import { policySection } from "./policy.ts";
import { posteriorSection } from "./training/posterior.ts";

const SHARED = {
  floor: ["number: least probability, or a parameter", "0", rangeText("probability")],
  share: ["number: of all decisions, or a parameter", "1", rangeText("probability")],
} satisfies Record<string, KeySaid>;

/** What is drawn; `undefined`: the policy could not be read. */
interface What {
  readonly drawn: Drawn | "number" | "group" | undefined;
  readonly params: Parameters<typeof settingsOf>[0];
  readonly formulas: Parameters<typeof settingsOf>[1];
}

export const explorationSection: BlueprintSection<"exploration", ExplorationConfig | null | undefined> = {
  name: "exploration",
  said: ["section", "the policy decides alone"],
  keys: () => Object.fromEntries([...explorationKinds.all().flatMap(keysOfPart), ...Object.entries(SHARED)]),
  read(blueprint, of) {
    return optional<ExplorationConfig | null>(blueprint, "exploration", null, (place) => {
      const policy = of(policySection);
      const rule = policy?.rule;
      const over = rule === undefined ? undefined : kindOfRule(rule).over;
      const isNumber = of(decisionSpaceSection)?.kind === "number";
      const drawn =
        rule === undefined ? undefined : rule.kind === "assign" ? "group" : isNumber ? "number" : (over ?? "value");
      const labels = of(labelsSection);
      const { features, complete } = of(featuresSection);
      const names = labels.labels.flatMap(({ name }) => name ?? []);
      const isKnown = complete && labels.complete && policy?.params !== undefined && policy.formulas !== undefined;
      const formulas = isKnown
        ? formulaTypes(
            policyTypes([...names, ...posteriorNames(of(posteriorSection))], features, policy.params),
            policy.formulas!,
          )
        : undefined;
      return readExploration(place, { drawn, params: policy?.params, formulas });
    });
  },
  whole: (read) => read,
  *describe(exploration) {
    if (exploration === null) return;
    const { kind, floor, share } = exploration;
    for (const [path, value] of kindOfExploration(kind).describe(kind)) yield [`exploration.${path}`, value];
    if (floor !== 0) yield ["exploration.floor", floor];
    if (share !== 1) yield ["exploration.share", share];
  },
  canonical: (exploration) => {
    if (exploration === null) return undefined;
    const { kind, floor, share } = exploration;
    return {
      [kind.kind]: kindOfExploration(kind).canonical(kind),
      floor: floor === 0 ? undefined : floor,
      share: share === 1 ? undefined : share,
    };
  },
};

function formulaTypes(
  inputs: Readonly<Record<string, FormulaType>>,
  formulas: PolicyConfig["formulas"],
): Readonly<Record<string, FormulaType>> {
  const types = { ...inputs };
  const own: Record<string, FormulaType> = {};
  for (const { name, formula } of formulas) own[name] = types[name] = compileFormula(formula, types).type;
  return own;
}

function readExploration(place: Place, { drawn, params, formulas }: What): ExplorationConfig | undefined {
  if (drawn === "number")
    return complain(place, "a number has no actions to draw from", "explore over boolean, actions or options");
  if (drawn === "group")
    return complain(place, '"assign" draws already, by its shares', "take it away, or take choose");
  const section = readSection(place, [...explorationKinds.names(), ...Object.keys(SHARED)]);
  const settings = settingsOf(params, formulas);
  const { setting } = settings;
  const settingAt = (at: Place): number | string | undefined => setting(at, BOUNDS.probability);
  const floor = optional<number | string>(section, "floor", 0, settingAt);
  const share = optional<number | string>(section, "share", 1, settingAt);
  const [kind, ...others] = explorationKinds.all().filter(({ name }) => section?.fields.has(name));
  for (const other of others) {
    const problem = `"${kind!.name}" and "${other.name}" are both there`;
    complain(section!.fields.get(other.name)!, problem, "an exploration has one kind");
  }
  const fitting = explorationKinds.all().filter(({ draws }) => drawn === undefined || draws.includes(drawn));
  const names = fitting.map(({ name }) => name).join(", ");
  if (section === undefined) return undefined;
  if (kind === undefined) {
    // A strange name stands for one.
    return section.strange.size > 0
      ? undefined
      : complain(place, "no kind of exploration is there", `write one of ${names}`);
  }
  const { name, read, hasFloor } = kind;
  const exploration = required(section, name, (at) => {
    if (drawn === undefined || fitting.includes(kind)) return read(at, settings);
    const what = { value: "the value of a formula", choice: "one of several options", ranking: "a ranking" }[drawn];
    return complain(at, `"${name}" does not draw ${what}`, `use ${names}`);
  });
  if (hasFloor === false && section.fields.has("floor"))
    return complain(
      section.fields.get("floor")!,
      `"${name}" has no floor: it draws orders, not options`,
      "take it away",
    );
  if (exploration === undefined || floor === undefined || share === undefined || others.length > 0) return undefined;
  return { kind: exploration, floor, share };
}
