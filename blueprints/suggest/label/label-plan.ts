import type { LabelAggregate, ObservationType } from "../../blueprint.ts";
import type { FormulaNode } from "../../formula/ast.ts";
import { formulaTypes } from "../../formula/formula-types.ts";
import { FormulaError } from "../../formula/formula-error.ts";
import { compileFormula, type Formula } from "../../formula/index.ts";
import { DomainError } from "../../../schemas/index.ts";
import { isName } from "../../yaml/scalars.ts";
import type { ColumnProfile, TableProfile } from "../profile/table-profile.ts";
import { shownName } from "../words.ts";

/** A label as the blueprint will say it. */
export interface LabelPlan {
  readonly value: string;
  readonly when: string | null;
  readonly aggregate: LabelAggregate;
  readonly isBinary: boolean;
  /** The columns of observations that it reads, with their types; without `kind`. */
  readonly columns: Readonly<Record<string, ObservationType>>;
  /** A column of true and false that is read as the number 1 or 0, as fields of events are. */
  readonly asNumber: string | null;
}

/**
 * A label from a person's words: a column of the observations, or a formula over them. Parts like `kind == "arrival"`
 * say which observations count. Throws `BAD_USAGE` with the place in the formula and the nearest names.
 * @param without columns that are no values: the id and the time
 */
export function planLabel(text: string, observations: TableProfile, without: readonly string[]): LabelPlan {
  const types = observationTypes(observations, without);
  const bare = bareColumn(text.trim(), observations, types);
  const said = bare?.value ?? text;
  if (bare?.asNumber === true) types[bare.name] = "number";
  const formula = compiled(said, types, text);
  if (formula.type !== "boolean" && formula.type !== "number") throw noLabel(text, formula, observations);
  const { when, value } = split(formula);
  const names = [...new Set(formula.names)].filter((name) => name !== "kind");
  const columns = Object.fromEntries(names.map((name) => [name, types[name]!]));
  const isBinary = formula.type === "boolean";
  const asNumber = bare?.asNumber === true ? bare.name : null;
  // A condition on the kind alone: each observation of another kind would take it back.
  if (value === null) return { value: said, when: null, aggregate: "any", isBinary, columns, asNumber };
  return { value, when, aggregate: "latest", isBinary, columns, asNumber };
}

function observationTypes(table: TableProfile, without: readonly string[]): Record<string, ObservationType> {
  const types: Record<string, ObservationType> = Object.create(null) as Record<string, ObservationType>;
  for (const [name, column] of table.columns) {
    const type = isName(name) && !without.includes(name) ? typeOf(column) : undefined;
    if (type !== undefined) types[name] = type;
  }
  types["kind"] = "category";
  return types;
}

/** As an observation declares it; undefined: as nothing. */
export function typeOf({ shape }: ColumnProfile): ObservationType | undefined {
  if (shape.values === 0) return undefined;
  if (shape.numbers === shape.values && shape.codes === 0) return "number";
  if (shape.words === shape.values) return "boolean";
  return shape.texts === shape.values ? "category" : undefined;
}

interface Bare {
  readonly name: string;
  readonly value: string;
  readonly asNumber: boolean;
}

/** A column alone: one of true and false, or of 1 and 0, is a condition. */
function bareColumn(name: string, table: TableProfile, types: Record<string, ObservationType>): Bare | undefined {
  const column = table.columns.get(name);
  if (column === undefined || types[name] === undefined) return undefined;
  const isField = table.kinds.size > 0;
  if (types[name] === "boolean")
    return isField ? { name, value: `${name} == 1`, asNumber: true } : { name, value: name, asNumber: false };
  const isBit = types[name] === "number" && column.distinct.frequent.every(([value]) => value === "0" || value === "1");
  return isBit && column.distinct.size <= 2 ? { name, value: `${name} == 1`, asNumber: false } : undefined;
}

function compiled(text: string, types: Readonly<Record<string, ObservationType>>, said: string): Formula {
  try {
    return compileFormula(text, formulaTypes({ ...types }));
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    const hint = error.hint === null ? "" : ` (${error.hint})`;
    const columns = Object.keys(types).map(shownName).join(", ");
    throw new DomainError(
      "BAD_USAGE",
      `--label ${said}: column ${error.column}: ${error.reason}${hint}. Columns of the observations: ${columns}`,
      error,
    );
  }
}

function noLabel(text: string, formula: Formula, { columns }: TableProfile): DomainError {
  const [name = ""] = formula.names;
  const [value] = columns.get(name)?.distinct.frequent[0] ?? ["…"];
  return new DomainError(
    "BAD_USAGE",
    `--label ${text}: is a text. A label is a condition or a number: compare it, like ${name} == ${JSON.stringify(value)}`,
  );
}

/** The parts of a conjunction that say the kind, and the rest; a null rest: there is none. */
function split({ text, root }: Formula): { readonly when: string | null; readonly value: string | null } {
  const parts = conjuncts(root);
  const [kinds, others] = [parts.filter(saysKind), parts.filter((part) => !saysKind(part))];
  if (kinds.length === 0) return { when: null, value: text };
  if (others.length === 0) return { when: null, value: null };
  const joined = (some: readonly FormulaNode[]): string =>
    some
      .map((part) => text.slice(part.start, part.end))
      .map((part) => (some.length > 1 ? `(${part})` : part))
      .join(" and ");
  return { when: joined(kinds), value: joined(others) };
}

const conjuncts = (node: FormulaNode): readonly FormulaNode[] =>
  node.kind === "binary" && node.operator === "and" ? [...conjuncts(node.left), ...conjuncts(node.right)] : [node];

function saysKind(node: FormulaNode): boolean {
  if (node.kind !== "binary" || node.operator !== "==") return false;
  const sides = [node.left, node.right];
  return (
    sides.some((side) => side.kind === "name" && side.name === "kind") &&
    sides.some((side) => side.kind === "literal" && typeof side.value === "string")
  );
}
