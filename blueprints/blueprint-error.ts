import { DomainError } from "../schemas/index.ts";
import { caretUnder } from "./caret.ts";

export interface Problem {
  /** Place in the blueprint: `features.m_dep_origin.by[0]`; empty for the file as a whole. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** The whole sentence: place, path, problem, hint. */
  readonly message: string;
  readonly hint?: string;
}

/** A blueprint that can't be used, with every problem found, in the order of the file. */
export class BlueprintError extends DomainError {
  override readonly name = "BlueprintError";
  readonly problems: readonly Problem[];
  readonly #text: string | undefined;

  /** @param text the one that somebody wrote, to which lines and columns belong */
  constructor(problems: readonly Problem[], text?: string) {
    super("BAD_BLUEPRINT", problems.map((problem) => problem.message).join("\n"));
    this.problems = problems;
    this.#text = text;
  }

  /** The message for a terminal: under each problem its line, with a caret under the place. */
  get carets(): string {
    return withCarets(this.problems, this.#text).join("\n");
  }
}

/** After so many problems a reader has the picture; the others are told without their lines. */
const MOST_CARETS = 50;

/**
 * The problems for a terminal, each with its line and a caret under the place.
 *
 * @param text the one that somebody wrote; absent: without lines
 */
export function withCarets(problems: readonly Problem[], text: string | undefined): readonly string[] {
  return problems.map(({ message, line, column }, at) =>
    text === undefined || at >= MOST_CARETS
      ? message
      : `${message}\n${caretUnder(text, line, column)
          .split("\n")
          .map((each) => `  ${each}`)
          .join("\n")}`,
  );
}
