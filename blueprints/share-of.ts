import { hash } from "node:crypto";

/** Digits of a hash that a double holds exactly. */
const DIGITS = 13;

/** The first 13 hex digits of the sha256 of a text, as a share of 16^13: in [0, 1). */
export const shareOf = (text: string): number =>
  Number.parseInt(hash("sha256", text).slice(0, DIGITS), 16) / 16 ** DIGITS;
