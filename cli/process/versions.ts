import { validBlueprints, blueprintTable, type ValidBlueprints } from "../../catalogue/index.ts";
import type { Tools } from "../../loop/index.ts";
import { readTable } from "../../streams/index.ts";
import { DomainError } from "../../schemas/index.ts";

type Reading = Pick<Tools, "backbone" | "serdes">;

/** Every version that is published. */
export const readVersions = async ({ backbone, serdes }: Reading): Promise<ValidBlueprints> =>
  validBlueprints(await readTable(backbone, serdes, blueprintTable));

/** A name that is mistyped would be a sample of nothing, without a difference. Throws `UNKNOWN_USE_CASE`. */
export async function checkUseCase(tools: Reading, useCase: string): Promise<void> {
  const known = await readVersions(tools);
  if (known.useCases().includes(useCase)) return;
  const all = known.useCases().join(", ") || "none";
  throw new DomainError("UNKNOWN_USE_CASE", `there is no use case "${useCase}"; known are ${all}`);
}
