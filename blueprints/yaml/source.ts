import { isAlias, isNode, LineCounter, parseAllDocuments, type Document, type Node } from "yaml";
import type { Problem } from "../blueprint-error.ts";
import { BOUNDS } from "../defaults.ts";
import type { KeyReference } from "../key-reference.ts";
import { syntaxProblems } from "./syntax-problem.ts";
import { meant } from "../meant.ts";
import { DomainError } from "../../schemas/index.ts";

/** One YAML text while it is read: its tree, and every problem so far. */
export interface Source {
  readonly text: string;
  readonly root: Node | null;
  readonly problems: readonly Problem[];
  /** Runs the postponed checks, once. */
  warnings(): readonly Problem[];
  /** Names that were declared with a mistake: references to them are not reported again. */
  readonly broken: Set<string>;
  /** `offset` is 0-based in the text. Throws `EnoughProblems` once there are more than anybody would read. */
  reportAt(offset: number, path: string, what: string, hint?: string | null): void;
  /** The line of an offset, 1-based; null in a text that nobody wrote. */
  lineAt(offset: number): number | null;
  /** What the reference says of every key; empty after many looks, as for `guess`. */
  reference(): readonly KeyReference[];
  /** Postpones a check for warnings until somebody asks for them. */
  doubt(look: (warnAt: Source["reportAt"]) => void): void;
  /** The node itself, an alias followed. */
  resolve(node: unknown): Node | null;
  /**
   * The known name that was probably meant. Null if none is near, and after many guesses: they cost more than the
   * reading.
   */
  guess(name: string, known: Iterable<string>): string | null;
}

/** Ends the reading: an alias may stand for a faulty section thousands of times. */
export class EnoughProblems extends DomainError {
  override readonly name = "EnoughProblems";

  constructor(message: string) {
    super("BAD_BLUEPRINT", message);
  }
}

const MOST_PROBLEMS = 10_000;
/** A person mends these before looking for more. */
const MOST_GUESSES = 100;

/** How problems name their places: `lines` before the path, or the path alone, of a text that nobody wrote. */
export type Places = "lines" | "paths";

/** Syntax errors and a second document are reported right away; the tree then holds the readable part. */
export function openSource(
  text: string,
  where: string,
  places: Places = "lines",
  keys: Source["reference"] = () => [],
): Source {
  const lines = new LineCounter();
  const problems: Problem[] = [];
  const doubts: ((warnAt: Source["reportAt"]) => void)[] = [];
  const broken = new Set<string>();
  const reportAt: Source["reportAt"] = (...told) => {
    if (problems.length === MOST_PROBLEMS) throw new EnoughProblems(`${where} has more than ${MOST_PROBLEMS} problems`);
    problems.push(problemAt(...told));
  };
  const problemAt = (offset: number, path: string, what: string, hint: string | null = null): Problem => {
    const { line, col: column } = lines.linePos(offset);
    const at = places === "lines" ? `:${Math.max(1, line)}:${Math.max(1, column)}` : "";
    const place = `${where}${at}${path === "" ? "" : ` ${path}`}`;
    return {
      path,
      line: Math.max(1, line),
      column: Math.max(1, column),
      message: `${place}: ${what}${hint === null ? "" : ` (${hint})`}`,
      ...(hint === null ? {} : { hint }),
    };
  };
  const warnings = (): readonly Problem[] => {
    const warned: Problem[] = [];
    for (const look of doubts.splice(0)) look((...told) => void warned.push(problemAt(...told)));
    return warned;
  };
  const doubt: Source["doubt"] = (look) => void doubts.push(look);
  const lineAt: Source["lineAt"] = (offset) => (places === "lines" ? Math.max(1, lines.linePos(offset).line) : null);
  let guesses = 0;
  let looks = 0;
  let all: readonly KeyReference[] | undefined;
  const reference: Source["reference"] = () => (++looks > MOST_GUESSES ? [] : (all ??= keys()));
  const guess = (name: string, known: Iterable<string>): string | null =>
    ++guesses > MOST_GUESSES ? null : meant(name, known);
  const tools = { text, problems, warnings, broken, reportAt, lineAt, reference, doubt, guess };
  if (text.length > BOUNDS.textLength) {
    reportAt(0, "", `a blueprint has at most ${BOUNDS.textLength} characters, this one ${text.length}`);
    return { ...tools, root: null, resolve: () => null };
  }
  const [document, second] = documentsIn(text, lines);
  for (const { offset, what, hint } of document === undefined ? [] : syntaxProblems(document, text)) {
    reportAt(offset, "", what, hint);
  }
  if (second !== undefined) {
    const hint = "take away the line --- and all below it, or put it into a file of its own";
    reportAt(second.range[0], "", "a second YAML document begins here", hint);
  }
  const resolve = (node: unknown): Node | null => {
    const target = isAlias(node) && document !== undefined ? node.resolve(document) : node;
    return isNode(target) ? target : null;
  };
  return { ...tools, root: resolve(document?.contents), resolve };
}

/** Repeated keys are left to the readers: the library compares each key of a mapping with every other. */
function documentsIn(text: string, lineCounter: LineCounter): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, {
    lineCounter,
    prettyErrors: false,
    logLevel: "silent",
    uniqueKeys: false,
  });
  return Array.isArray(documents) ? documents : [];
}
