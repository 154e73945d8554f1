import { meant } from "../meant.ts";
import type { FormulaNode, FormulaType } from "./ast.ts";

export interface Surroundings {
  readonly names: Readonly<Record<string, FormulaType>>;
  /** Texts that were probably meant. */
  readonly texts: readonly string[];
  /** The other side of the comparison. */
  readonly beside: FormulaNode | undefined;
}

const MOST_NAMED = 12;
/** As other languages write them. */
const CONSTANTS: Readonly<Record<string, string>> = {
  true: "true",
  false: "false",
  null: "null",
  none: "null",
  nil: "null",
  undefined: "null",
  nan: "null",
  na: "null",
};

/** The hint for a name that the formula does not know. */
export function unknownName(name: string, { names, texts, beside }: Surroundings): string {
  const lower = name.toLowerCase();
  if (Object.hasOwn(CONSTANTS, lower)) return `write ${CONSTANTS[lower]}`;
  const known = Object.keys(names);
  const guess = meant(name, known);
  const quoted = `a text is written in quotes: "${name}"`;
  if (texts.includes(name)) return quoted;
  const text = meant(name, texts);
  const meantText = `a text is written in quotes: did you mean "${text}"?`;
  if (isText(beside, names) && (guess === null || beside?.kind === "name")) return text === null ? quoted : meantText;
  if (guess !== null) return `did you mean "${guess}"?`;
  if (text !== null) return meantText;
  if (known.length === 0) return "no names are known here";
  return `known: ${known.slice(0, MOST_NAMED).join(", ")}${known.length > MOST_NAMED ? ", …" : ""}`;
}

function isText(node: FormulaNode | undefined, names: Surroundings["names"]): boolean {
  if (node?.kind === "literal") return typeof node.value === "string";
  return node?.kind === "name" && Object.hasOwn(names, node.name) && names[node.name] === "string";
}
