import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { validBlueprints, blueprintTable, type ValidBlueprints } from "../../catalogue/index.ts";
import type { Tools } from "../../loop/index.ts";
import { readTable, StreamsError } from "../../streams/index.ts";
import { DomainError } from "../../schemas/index.ts";

type Reading = Pick<Tools, "backbone" | "serdes">;

/** Every version that is published. */
export const readVersions = async ({ backbone, serdes }: Reading): Promise<ValidBlueprints> =>
  validBlueprints(await readTable(backbone, serdes, blueprintTable));

/** The live version of a use case. Throws `UNKNOWN_USE_CASE` with the known ones if there is none. */
export async function liveBlueprint(tools: Reading, useCase: string): Promise<CompiledBlueprint> {
  const known = await readVersions(tools);
  const compiled = known.at(useCase, Number.MAX_SAFE_INTEGER);
  if (compiled !== undefined) return compiled;
  const problem = known.problemAt(useCase, Number.MAX_SAFE_INTEGER);
  if (problem !== undefined) throw new StreamsError("NEWER_RELEASE", problem);
  throw new DomainError(
    "UNKNOWN_USE_CASE",
    `use case "${useCase}" has no live blueprint (known: ${namesOf(known)}): loopstream blueprint publish FILE`,
  );
}

/** A version by its name, or the live one if none is named. Throws `UNKNOWN_VERSION` if there is none. */
export function versionOf(known: ValidBlueprints, useCase: string, version: string | undefined): CompiledBlueprint {
  const last = Number.MAX_SAFE_INTEGER;
  const compiled = version === undefined ? known.at(useCase, last) : known.version(useCase, version);
  if (compiled !== undefined) return compiled;
  const problem = version === undefined ? known.problemAt(useCase, last) : known.problem(useCase, version);
  if (problem !== undefined) throw new StreamsError("NEWER_RELEASE", problem);
  throw new DomainError(
    "UNKNOWN_VERSION",
    `use case "${useCase}" has no ${version === undefined ? "live blueprint" : `blueprint version ${version}`}: loopstream blueprint list`,
  );
}

/** A name that is mistyped would be a sample of nothing, without a difference. Throws `UNKNOWN_USE_CASE`. */
export async function checkUseCase(tools: Reading, useCase: string): Promise<void> {
  const known = await readVersions(tools);
  if (known.useCases().includes(useCase)) return;
  throw new DomainError("UNKNOWN_USE_CASE", `there is no use case "${useCase}"; known are ${namesOf(known)}`);
}

const namesOf = (known: ValidBlueprints): string => known.useCases().join(", ") || "none";
