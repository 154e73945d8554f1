import { checkBlueprint, type CheckedBlueprint } from "../../blueprints/index.ts";
import { DomainError } from "../../schemas/index.ts";

/** A blueprint's text with its name for people, usually its file. */
export interface BlueprintFile {
  readonly file: string;
  readonly text: string;
}

/** A file whose blueprint can be used. */
export interface CheckedFile extends BlueprintFile, CheckedBlueprint {}

/**
 * The blueprints of files, of which each has a use case of its own. Throws the faults of all files as one error, each
 * with its file and line, and both files of a use case that is there twice.
 */
export function checkFiles(files: readonly BlueprintFile[]): readonly CheckedFile[] {
  const faults = new Faults();
  const checked = files.flatMap(({ file, text }) =>
    faults.gather(() => ({ file, text, ...checkBlueprint(text, file) })),
  );
  for (const [useCase, some] of Map.groupBy(checked, ({ blueprint }) => blueprint.useCase)) {
    if (some.length === 1) continue;
    const names = some.map(({ file }) => file);
    const message = `use case "${useCase}" is in ${names.slice(0, -1).join(", ")} and in ${names.at(-1)}: keep it in one file`;
    faults.add(new DomainError("BAD_BLUEPRINT", message));
  }
  faults.end();
  return checked;
}

/** Errors of several files, thrown as one. */
export class Faults {
  readonly #all: DomainError[] = [];

  add(error: DomainError): void {
    this.#all.push(error);
  }

  /** @returns the result alone, or nothing if the work fails with an error that says what to mend */
  gather<T>(work: () => T): readonly T[] {
    try {
      return [work()];
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.add(error);
      return [];
    }
  }

  /** Throws if there is any. The code is the first one's. */
  end(): void {
    const [first] = this.#all;
    if (first === undefined) return;
    const lines = this.#all.map(({ message }) => message);
    throw new DomainError(first.code, [...lines, "nothing was published"].join("\n"), first);
  }
}
