import { shareOf, type Blueprint } from "../../blueprints/index.ts";

const SEEDS = 2 ** 31;

/**
 * The seed of one training, from 0 to 2^31 - 1. Trainings with one seed in common draw the same columns and rows, so what
 * the draw costs is the same in all of them and never averages out. It follows from the data, so the same rows and version,
 * which has the blueprint's own seed, make the same model.
 *
 * @param newest decision time of the newest row, ms
 */
export const trainingSeed = ({ useCase, version }: Pick<Blueprint, "useCase" | "version">, newest: number): number =>
  Math.floor(shareOf(`seed\0${useCase}\0${version}\0${newest}`) * SEEDS);
