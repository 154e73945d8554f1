import { hash } from "node:crypto";

/** Digits of a hash that a double holds exactly. */
const DIGITS = 13;

/**
 * The place of a unit in [0, 1), the same in all versions of a use case: the first 13 hex digits of the sha256 of salt, use
 * case and unit, with zero bytes between them, as a share of 16^13.
 */
export const unitPlace = (salt: string, useCase: string, unit: string): number =>
  Number.parseInt(hash("sha256", `${salt}\0${useCase}\0${unit}`).slice(0, DIGITS), 16) / 16 ** DIGITS;

/**
 * The group at a place, by the groups' shares one after the other. A group without a share has no unit.
 *
 * @param shares they sum to 1, within what decimals leave
 * @returns an index
 */
export function groupAt(place: number, shares: readonly number[]): number {
  let end = 0;
  for (let at = 0; at < shares.length; at++) {
    end += shares[at]!;
    if (shares[at]! > 0 && place < end) return at;
  }
  return shares.findLastIndex((share) => share > 0);
}
