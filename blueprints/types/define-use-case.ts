import { BlueprintError, type Problem } from "../blueprint-error.ts";
import { checkBlueprint } from "../read/parse-blueprint.ts";
import type { BlueprintObject, OnlyKnown } from "./blueprint-object.ts";
import { objectText } from "./object-text.ts";
import type { UseCaseOf } from "./use-case-of.ts";

/** A use case that a program defines. `publishBlueprint` takes it as it takes a text. */
export interface DefinedUseCase<B extends BlueprintObject = BlueprintObject> {
  readonly useCase: B["useCase"];
  /** That of the same blueprint in YAML. */
  readonly version: string;
  /** The blueprint as YAML. */
  readonly text: string;
  /** Parts that are probably not meant, each with its path. */
  readonly warnings: readonly Problem[];
  /** The object that it was made of; the types are its. */
  readonly blueprint: B;
}

/** The types of use cases, as the type parameter of a client: `UseCasesOf<typeof parcels | typeof reminders>`. */
export type UseCasesOf<D extends DefinedUseCase> = {
  readonly [Name in D["useCase"]]: D extends {
    readonly useCase: Name;
    readonly blueprint: infer B extends BlueprintObject;
  }
    ? UseCaseOf<B>
    : never;
};

/**
 * A use case from an object of exactly the YAML's structure; formulas are texts. Parts that a product registers must be
 * registered before. Throws `BlueprintError` with the problems that the YAML would have, each with its path in place of
 * its line.
 */
export function defineUseCase<const B extends BlueprintObject>(blueprint: B & OnlyKnown<B>): DefinedUseCase<B> {
  const given = blueprint as { readonly useCase?: unknown } | null;
  const where = typeof given?.useCase === "string" && /^[\w-]{1,64}$/.test(given.useCase) ? given.useCase : "blueprint";
  const { text, misplaced } = objectText(blueprint);
  if (misplaced.length > 0) {
    throw new BlueprintError(
      misplaced.map(({ path, what, hint }) => {
        const place = path === "" ? where : `${where} ${path}`;
        return { path, line: 1, column: 1, message: `${place}: found ${what}, which no blueprint has (${hint})`, hint };
      }),
    );
  }
  const { blueprint: read, warnings } = checkBlueprint(text, where, "paths");
  return Object.freeze({ useCase: read.useCase, version: read.version, text, warnings, blueprint: blueprint as B });
}
