import { shareOf } from "./share-of.ts";

/**
 * The place of a unit in [0, 1) under a salt: the first 52 bits of SHA-256 over the salt, a zero byte and the unit, both
 * in UTF-8, divided by 2^52. All that divides units goes by it (docs/decisions/083), and it depends on nothing else. A
 * unit belongs to a share if its place is below: a share that grows keeps its units.
 */
export const unitPlace = (salt: string, unit: string): number => shareOf(`${salt}\0${unit}`);

/** For the groups of `assign`, the same in all versions of a use case. @param salt of the loop */
export const assignSalt = (salt: string, useCase: string): string => `${salt}\0${useCase}`;

/** For units that are held out, the same in all versions of a use case. @param salt of the loop */
export const holdoutSalt = (salt: string, useCase: string): string => `${salt}\0holdout\0${useCase}`;

/** For the decisions whose rows a training takes, if there are too many. They stand in the place of the unit. */
export const sampleSalt = (useCase: string): string => `rows\0${useCase}`;

/** For the units whose rows no model learns from, the same in all versions of a use case and whatever a loop's salt is. */
export const evaluationSalt = (useCase: string): string => `evaluation\0${useCase}`;

/** For the units of a canary. The loop's salt is no part of it: the model's record alone says whom it serves. */
export const canarySalt = (modelId: string): string => `canary\0${modelId}`;
