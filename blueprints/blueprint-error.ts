import { DomainError } from "../schemas/index.ts";

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

  constructor(problems: readonly Problem[]) {
    super("BAD_BLUEPRINT", problems.map((problem) => problem.message).join("\n"));
    this.problems = problems;
  }
}
