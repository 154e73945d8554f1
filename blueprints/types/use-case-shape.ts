import type { Blueprint, BlueprintContent, DecisionSpace } from "../blueprint.ts";
import { declaredNames } from "../values/declared-names.ts";
import { vectorLength, type DeclaredType } from "../values/declared-value.ts";
import { observationTypes } from "../values/value-types.ts";
import { OPTION } from "../values/option-entries.ts";
import { groupableEntries } from "../windows/observed-event.ts";
import { UNIT } from "../windows/unit.ts";
import { windowGroups } from "../windows/window-groups.ts";
import { literal, type Property } from "./typescript.ts";

/** What a product exchanges with a use case, as types of TypeScript, each sorted by name. */
export interface UseCaseShape {
  readonly context: readonly Property[];
  /** The types of the decision. */
  readonly value: readonly string[];
  /** The settings of an action; null: it is its name alone. */
  readonly payload: readonly Property[] | null;
  /** What a candidate says of itself; null: requests bring none. */
  readonly option: readonly Property[] | null;
  /** Literals of the kinds that observations may have; null: any. */
  readonly kinds: readonly string[] | null;
  readonly observations: readonly Property[];
  /** By kind, each with its attributes; null: events may be of any kind. */
  readonly events: readonly Property[] | null;
  /** By table, each with its key and its values; null: there are none. */
  readonly tables: readonly Property[] | null;
}

/** The name of the type of an observation's kind, where kinds are known. */
export const KIND = "Kind";

export function useCaseShape(blueprint: Blueprint): UseCaseShape {
  const { context, decisionSpace, events, tables } = blueprint;
  const { kinds, observations } = declaredNames(blueprint);
  const known = kinds === null ? null : [...kinds].filter((kind) => kind !== "").sort(byCode);
  const said = observationTypes(blueprint);
  return {
    context: sorted(Object.entries(context).map(([name, type]) => entry(name, type))),
    value: valueTypes(decisionSpace),
    payload: payloadShape(decisionSpace),
    option:
      decisionSpace.kind === "options"
        ? sorted(Object.entries(decisionSpace.entries).map(([name, type]) => entry(name, type)))
        : null,
    kinds: known?.map(literal) ?? null,
    observations: sorted(
      [...observations].map(([name, type]) => {
        const named = name === "kind" && said.has(name) && known !== null ? [KIND, ...MISSING] : typesOf(type);
        return { name, optional: true, type: named };
      }),
    ),
    events: Object.keys(events).length === 0 ? null : eventShapes(blueprint),
    tables: Object.keys(tables).length === 0 ? null : tableShapes(tables),
  };
}

const MISSING = ["null", "undefined"];
const PLAIN: Readonly<Record<string, readonly string[]>> = {
  ...{ number: ["number"], field: ["number"], boolean: ["boolean"] },
  ...{ category: ["string"], key: ["string"], text: ["string"] },
  ...{ list: ["readonly string[]"], time: ["number", "string"] },
};

const typesOf = (type: DeclaredType): readonly string[] => [
  ...(vectorLength(type) === undefined ? PLAIN[type]! : ["readonly number[]"]),
  ...MISSING,
];

const entry = (name: string, type: DeclaredType): Property => ({ name, type: typesOf(type) });

/** The space and not what today's policy can decide: another version may decide the rest of it. */
function valueTypes(space: DecisionSpace): readonly string[] {
  if (space.kind === "options") return ["string"];
  return space.kind === "actions" ? [...space.actions].sort(byCode).map(literal) : [space.kind];
}

/** Texts as literals: another version may have others, as with actions. */
function payloadShape(space: DecisionSpace): readonly Property[] | null {
  const payloads = space.kind === "actions" ? Object.values(space.payloads ?? {}) : [];
  if (payloads.length === 0) return null;
  return sorted(
    Object.keys(payloads[0]!).map((name) => {
      const values = payloads.map((payload) => payload[name]!);
      const texts = values.filter((value) => typeof value === "string");
      return { name, type: texts.length === 0 ? [typeof values[0]] : [...new Set(texts)].sort(byCode).map(literal) };
    }),
  );
}

/**
 * The fields of each kind and the keys of its windows, which an event must name. Keys that no window has yet may be
 * there too: those of a later version look back on today's events.
 */
function eventShapes(blueprint: Blueprint): readonly Property[] {
  const groups = windowGroups(blueprint);
  const possible = groupableEntries(blueprint);
  const keys = Object.hasOwn(blueprint.context, UNIT) ? possible : [...possible, UNIT];
  return sorted(
    Object.entries(blueprint.events).map(([kind, { fields, categories = [] }]) => {
      const used = new Set(groups.filter(({ event }) => event === kind).flatMap(({ by }) => by));
      const ofOption = optionKeys(blueprint.decisionSpace).filter((name) => used.has(name) && !possible.includes(name));
      const attributes = [
        ...ofOption.filter((name) => !fields.includes(name)).map((name) => entry(name, "key")),
        ...fields.map((name) => entry(name, categories.includes(name) ? "category" : "number")),
        ...keys
          .filter((name) => !fields.includes(name))
          .map((name) => (used.has(name) ? entry(name, "key") : { ...entry(name, "key"), optional: true })),
      ];
      return { name: kind, type: sorted(attributes) };
    }),
  );
}

/** Entries of an option that windows can be kept by. */
function optionKeys(space: DecisionSpace): readonly string[] {
  if (space.kind === "actions") return [OPTION];
  if (space.kind !== "options") return [];
  return [OPTION, ...groupableEntries({ context: space.entries })];
}

const tableShapes = (tables: BlueprintContent["tables"]): readonly Property[] =>
  sorted(
    Object.entries(tables).map(([name, { key, fields }]) => ({
      name,
      type: [
        { name: "key", type: [`readonly [${key.map(() => "string").join(", ")}]`] },
        { name: "values", type: sorted(Object.entries(fields).map(([field, type]) => entry(field, type))) },
      ],
    })),
  );

const sorted = (properties: readonly Property[]): readonly Property[] =>
  [...properties].sort((a, b) => byCode(a.name, b.name));
const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
