import { hash } from "node:crypto";

/** Digits of a hash that a double holds exactly. */
const DIGITS = 13;

/** The first 13 hex digits of the sha256 of a text, as a share of 16^13: in [0, 1). */
export const shareOf = (text: string): number =>
  Number.parseInt(hash("sha256", text).slice(0, DIGITS), 16) / 16 ** DIGITS;

/** Draw number k of a decision: the share of its seed, the word draw and k, with zero bytes between them. */
export const drawsOf =
  (seed: string): ((k: number) => number) =>
  (k) =>
    shareOf(`${seed}\0draw\0${k}`);

/** The probabilities of actions of which one is certain. @param chosen its place; -1: none is */
export const onlyOf = (count: number, chosen: number): readonly number[] =>
  Array.from({ length: count }, (_, at) => (at === chosen ? 1 : 0));
