import type { BlueprintPublished } from "../../schemas/index.ts";
import { StreamsError } from "../../streams/index.ts";
import { paramProblem } from "./param-values.ts";
import { compileBlueprint, type CompiledBlueprint } from "../../blueprints/index.ts";

/** A published version as this release reads it: compiled, or with the reason that it can't be read. */
export type PublishedBlueprint =
  | { readonly compiled: CompiledBlueprint; readonly problem?: undefined }
  | { readonly compiled?: undefined; readonly problem: string };

const read = new WeakMap<BlueprintPublished, PublishedBlueprint>();
const compiledByText = new Map<string, CompiledBlueprint | string>();

/** Never throws: the text may come from a newer release or from another program. */
export function publishedBlueprint(record: BlueprintPublished): PublishedBlueprint {
  let published = read.get(record);
  if (published === undefined) read.set(record, (published = readPublished(record)));
  return published;
}

/** Throws `NEWER_RELEASE` for a version that this release can't read. Used by the table of blueprints. */
export function checkPublished(record: BlueprintPublished): void {
  const { problem } = publishedBlueprint(record);
  if (problem !== undefined) throw new StreamsError("NEWER_RELEASE", problem);
}

function readPublished({ useCase, version, text, parameters }: BlueprintPublished): PublishedBlueprint {
  const compiled = compiledOf(text);
  const refused = (reason: string): PublishedBlueprint => ({
    problem:
      `blueprint ${useCase}/${version} can't be read by this release of loopstream: ${reason}. ` +
      "It needs a newer release, the one that published it, or the parts that its product registers (docs/parts.md)",
  });
  if (typeof compiled === "string") return refused(compiled);
  const { blueprint } = compiled;
  if (blueprint.useCase !== useCase) return refused(`its text is of use case "${blueprint.useCase}"`);
  if (blueprint.version !== version) return refused(`its text has version ${blueprint.version} here`);
  for (const { values } of parameters) {
    const problem = paramProblem(blueprint, values);
    if (problem !== undefined) return refused(problem);
  }
  return { compiled };
}

function compiledOf(text: string): CompiledBlueprint | string {
  let compiled = compiledByText.get(text);
  if (compiled === undefined) {
    try {
      compiled = compileBlueprint(text);
    } catch (error) {
      compiled = error instanceof Error ? error.message : String(error);
    }
    compiledByText.set(text, compiled);
  }
  return compiled;
}
