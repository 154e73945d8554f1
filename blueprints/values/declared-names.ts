import type { BlueprintContent } from "../blueprint.ts";
import { compileFormula, partsOf, type FormulaNode } from "../formula/index.ts";
import { formulaTypes } from "../formula/formula-types.ts";
import type { DeclaredType } from "./declared-value.ts";
import { contextTypes, observationTypes, type ValueTypes } from "./value-types.ts";

/** An entry of the context that no feature reads. */
export interface EntryBeside {
  readonly name: string;
  /** Every text is a value of its type. */
  readonly anyText: boolean;
}

/** The names that a version knows in its inputs. */
export interface DeclaredNames {
  readonly context: ValueTypes;
  /** Entries of the context that no feature reads. */
  readonly besidesFeatures: readonly EntryBeside[];
  /** Entries of observations. An observation may also be an event, whose windows are kept by entries of the context. */
  readonly observations: ValueTypes;
  /**
   * Kinds of events that are declared, and kinds that the labels' formulas name; `null`: none is declared, so kinds are
   * free.
   */
  readonly kinds: ReadonlySet<string> | null;
}

/** @param read entries of the context that are no features, and that features are made of */
export function declaredNames(blueprint: BlueprintContent, read: readonly string[] = []): DeclaredNames {
  const context = contextTypes(blueprint);
  const features = new Set([...blueprint.features.map(({ name }) => name), ...read]);
  const kinds = Object.keys(blueprint.events);
  return Object.freeze({
    context,
    besidesFeatures: [...context]
      .filter(([name]) => !features.has(name))
      .map(([name, type]) => ({ name, anyText: ANY_TEXT.has(type) })),
    observations: new Map([...[...context].filter(isGroupable), ...observationTypes(blueprint)]),
    kinds: kinds.length === 0 ? null : new Set([...kinds, ...kindsIn(blueprint)]),
  });
}

const ANY_TEXT: ReadonlySet<DeclaredType> = new Set<DeclaredType>(["category", "key", "text"]);

const isGroupable = ([, type]: readonly [string, DeclaredType]): boolean => type === "key" || type === "category";

function kindsIn({ labels, observations }: Pick<BlueprintContent, "labels" | "observations">): readonly string[] {
  const types = formulaTypes(observations);
  const formulas = labels.flatMap(({ when, value }) => (when === null ? [value] : [when, value]));
  return formulas.flatMap((text) => textsIn(compileFormula(text, types).root));
}

function textsIn(node: FormulaNode): readonly string[] {
  if (node.kind === "literal") return typeof node.value === "string" ? [node.value] : [];
  return partsOf(node).flatMap(textsIn);
}
