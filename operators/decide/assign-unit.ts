import { shareOf } from "../../blueprints/index.ts";

/**
 * The place of a unit in [0, 1), the same in all versions of a use case: the share of salt, use case and unit, with zero bytes
 * between them.
 */
export const unitPlace = (salt: string, useCase: string, unit: string): number =>
  shareOf(`${salt}\0${useCase}\0${unit}`);
