import { validBlueprints, blueprintTable, type ValidBlueprints } from "../../../catalogue/index.ts";
import type { Tools } from "../../../loop/index.ts";
import { readTable, type GlobalView } from "../../../streams/index.ts";
import { DomainError, type BlueprintPublished } from "../../../schemas/index.ts";

/** Every version that is published. */
export type Published = GlobalView<BlueprintPublished>;

export type Reading = Pick<Tools, "backbone" | "serdes">;

export const readPublished = ({ backbone, serdes }: Reading): Promise<Published> =>
  readTable(backbone, serdes, blueprintTable);

/** Every version that is published and that this release can read. */
export const readVersions = async (tools: Reading): Promise<ValidBlueprints> =>
  validBlueprints(await readPublished(tools));

/** A name that is mistyped would be a sample of nothing, without a difference. Throws `UNKNOWN_USE_CASE`. */
export async function checkUseCase(tools: Reading, useCase: string): Promise<void> {
  const known = (await readVersions(tools)).useCases();
  if (!known.includes(useCase)) throw unknownUseCase(useCase, known);
}

export const unknownUseCase = (useCase: string, known: Iterable<string>): DomainError =>
  new DomainError(
    "UNKNOWN_USE_CASE",
    `there is no use case "${useCase}"; known are ${[...new Set(known)].join(", ") || "none"}`,
  );
