import { isAlias, isNode, LineCounter, parseDocument, type Node } from "yaml";
import type { Problem } from "../blueprint-error.ts";
import { BOUNDS } from "../defaults.ts";

/** One YAML text under reading: its tree, and every problem found so far. */
export interface Source {
  readonly text: string;
  readonly root: Node | null;
  readonly problems: readonly Problem[];
  /** Names that were declared with a mistake: what refers to them is not complained about again. */
  readonly broken: Set<string>;
  /** `offset` is 0-based in the text. */
  reportAt(offset: number, path: string, what: string, hint?: string | null): void;
  /** The node itself, an alias followed. */
  resolve(node: unknown): Node | null;
}

/** Syntax errors and double keys are reported right away; the tree then holds what could be read. */
export function openSource(text: string, where: string): Source {
  const lines = new LineCounter();
  const problems: Problem[] = [];
  const broken = new Set<string>();
  const reportAt = (offset: number, path: string, what: string, hint: string | null = null): void => {
    const { line, col: column } = lines.linePos(offset);
    const place = `${where}:${Math.max(1, line)}:${Math.max(1, column)}${path === "" ? "" : ` ${path}`}`;
    problems.push({
      path,
      line: Math.max(1, line),
      column: Math.max(1, column),
      message: `${place}: ${what}${hint === null ? "" : ` (${hint})`}`,
      ...(hint === null ? {} : { hint }),
    });
  };
  if (text.length > BOUNDS.textLength) {
    reportAt(0, "", `a blueprint has at most ${BOUNDS.textLength} characters, this one ${text.length}`);
    return { text, root: null, problems, broken, reportAt, resolve: () => null };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
  for (const error of document.errors) reportAt(error.pos[0], "", `not valid YAML: ${error.message}`);
  for (const warning of document.warnings) reportAt(warning.pos[0], "", `doubtful YAML: ${warning.message}`);
  const resolve = (node: unknown): Node | null => {
    const target = isAlias(node) ? node.resolve(document) : node;
    return isNode(target) ? target : null;
  };
  return { text, root: resolve(document.contents), problems, broken, reportAt, resolve };
}
