import { validBlueprints, blueprintTable, type ValidBlueprints } from "../../../catalogue/index.ts";
import type { Tools } from "../../../loop/index.ts";
import { readTable } from "../../../streams/index.ts";
import { DomainError } from "../../../schemas/index.ts";

type Reading = Pick<Tools, "backbone" | "serdes">;

/** Every version that is published. */
export const readVersions = async ({ backbone, serdes }: Reading): Promise<ValidBlueprints> =>
  validBlueprints(await readTable(backbone, serdes, blueprintTable));

/** A name that is mistyped would be a sample of nothing, without a difference. Throws `UNKNOWN_USE_CASE`. */
export async function checkUseCase(tools: Reading, useCase: string): Promise<void> {
  const known = (await readVersions(tools)).useCases();
  if (!known.includes(useCase)) throw unknownUseCase(useCase, known);
}

export const unknownUseCase = (useCase: string, known: readonly string[]): DomainError =>
  new DomainError("UNKNOWN_USE_CASE", `there is no use case "${useCase}"; known are ${known.join(", ") || "none"}`);
