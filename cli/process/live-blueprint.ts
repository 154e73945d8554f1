import { validBlueprints, blueprintTable } from "../../catalogue/index.ts";
import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { readTable } from "../../streams/index.ts";
import type { Tools } from "../../loop/index.ts";
import { UsageError } from "../exit-codes.ts";

/** The live version of a use case. Throws a `UsageError` that says what there is instead. */
export async function liveBlueprint(
  tools: Pick<Tools, "backbone" | "serdes">,
  useCase: string,
): Promise<CompiledBlueprint> {
  const known = validBlueprints(await readTable(tools.backbone, tools.serdes, blueprintTable));
  const compiled = known.at(useCase, Number.MAX_SAFE_INTEGER);
  if (compiled !== undefined) return compiled;
  const problem = known.problemAt(useCase, Number.MAX_SAFE_INTEGER);
  if (problem !== undefined) throw new UsageError(problem);
  const names = known.useCases().join(", ") || "none";
  throw new UsageError(
    `use case "${useCase}" has no live blueprint (known: ${names}): loopstream blueprint publish FILE`,
  );
}
