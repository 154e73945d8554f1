import { isAlias, isCollection, isMap, isScalar, visit, type Document } from "yaml";
import { lostNumber } from "../lost-number.ts";
import { yamlHint } from "./yaml-hints.ts";

/** Something in a text that no reader of sections can judge. */
export interface SyntaxProblem {
  /** 0-based in the text. */
  readonly offset: number;
  readonly what: string;
  readonly hint: string | null;
}

/** The first error alone, since others mostly result from it; without one all that is valid YAML and not read here. */
export function syntaxProblems(document: Document.Parsed, text: string): readonly SyntaxProblem[] {
  const [error] = document.errors;
  if (error !== undefined) return [unclosed(document, text, error) ?? invalid(text, error)];
  const doubtful = document.warnings.map(({ pos, message, code }) => ({
    offset: pos[0],
    what: `doubtful YAML: ${message}`,
    hint: yamlHint(code, text.slice(pos[0])),
  }));
  return [...doubtful, ...unread(document)];
}

type YamlError = Document.Parsed["errors"][number];

function invalid(text: string, { pos, message, code }: YamlError): SyntaxProblem {
  const what = message.includes("call stack") ? "it is nested too deeply" : message;
  return { offset: pos[0], what: `not valid YAML: ${what}`, hint: yamlHint(code, text.slice(pos[0]), message) };
}

/** The library reports a bracket or a quote without its end where it gives up, which may be many lines below. */
function unclosed(document: Document.Parsed, text: string, { pos, message }: YamlError): SyntaxProblem | undefined {
  const bracket = /^Flow (map|sequence) in .* end with a ([\]}])$/.exec(message);
  const quote = /^Missing closing (["'])quote$/.exec(message)?.[1];
  if (bracket === null && quote === undefined) return undefined;
  const end = bracket?.[2] ?? quote!;
  let opened: number | undefined;
  visit(document, {
    Node(_, node) {
      const [start = 0, valueEnd = 0] = node.range ?? [];
      if (start >= pos[0]) return;
      const isOne =
        bracket === null
          ? isScalar(node) && text[start] === quote
          : isCollection(node) && node.flow === true && isMap(node) === (bracket[1] === "map");
      const isClosed = valueEnd - start > 1 && text[valueEnd - 1] === end;
      if (isOne && !isClosed) opened = start;
    },
  });
  if (opened === undefined) return undefined;
  return { offset: opened, what: `not valid YAML: this ${text[opened]!} has no end`, hint: `close it with ${end}` };
}

/**
 * Aliases of nothing, which the library leaves for later, merge keys, which are plain names to it, and numbers that it
 * reads as 0 or as infinite.
 */
function unread(document: Document.Parsed): readonly SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  const anchors = new Set<string>();
  visit(document, {
    Node(_, node) {
      if (!isAlias(node) && node.anchor !== undefined) anchors.add(node.anchor);
    },
    Alias(_, alias) {
      if (anchors.has(alias.source)) return;
      const hint = `write &${alias.source} before the value that it stands for; a text that begins with * is written in quotes`;
      problems.push({ offset: alias.range?.[0] ?? 0, what: `*${alias.source} stands for nothing`, hint });
    },
    Scalar(_, { value, source, range }) {
      const lost = typeof value === "number" && source !== undefined ? lostNumber(source) : undefined;
      if (lost !== undefined) problems.push({ offset: range?.[0] ?? 0, ...lost });
    },
    Pair(_, { key }) {
      if (!isScalar(key) || key.value !== "<<" || key.type !== "PLAIN") return;
      const hint = "write the fields out, or let the whole value be the alias";
      problems.push({ offset: key.range?.[0] ?? 0, what: "a merge key (<<) is not read", hint });
    },
  });
  return problems;
}
