import { shareOf } from "../../blueprints/index.ts";

/** Draw number k of a decision: the share of its seed, the word draw and k, with zero bytes between them. */
export const drawsOf =
  (seed: string): ((k: number) => number) =>
  (k) =>
    shareOf(`${seed}\0draw\0${k}`);

/** The probabilities of actions of which one is certain. @param chosen its place; -1: none is */
export const onlyOf = (count: number, chosen: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => (at === chosen ? 1 : 0));
