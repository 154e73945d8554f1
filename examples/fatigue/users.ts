import { createHash } from "node:crypto";

const DISCOUNT = 0.95;

/** The same number from 0 to 1 for the same names, on every machine. */
const chance = (...names: readonly (number | string)[]): number =>
  createHash("sha256").update(names.join("/")).digest().readUInt32BE() / 2 ** 32;

/** Somebody who may be reminded. */
export interface User {
  readonly id: string;
  /** How many reminders still weigh on him, 0 to 6. */
  lately: number;
  /** What his episode was worth, later steps discounted. */
  value: number;
  isThere: boolean;
}

export type Happened = Readonly<{ left: boolean } & Partial<Record<"clicked" | "came", boolean>>>;

/** @returns rested users, other ones for each prefix */
export const newUsers = (prefix: string, count: number): readonly User[] =>
  Array.from({ length: count }, (_, n) => ({ id: `${prefix}-${n}`, lately: 0, value: 0, isThere: true }));

/** Whether a reminder would come at the right time for the user. */
export const isRightTime = (user: User, step: number): boolean => chance(user.id, step, "time") < 0.5;

/**
 * What a user does once a reminder was sent, or not. A reminder at the right time is clicked in 60 %, and in 10 % less for each one that still
 * weighs on him; at the wrong time it tires twice as much. Who is tired may leave for good.
 */
export function live(user: User, step: number, sent: boolean): Happened {
  const draw = (what: string): number => chance(user.id, step, what);
  const { lately } = user;
  const rightTime = isRightTime(user, step);
  user.lately = Math.max(0, Math.min(6, lately + (sent ? (rightTime ? 1 : 2) : -1)));
  const happened: Happened = sent
    ? { clicked: draw("click") < (rightTime ? 0.6 : 0.05) - 0.1 * lately, left: lately >= 3 && draw("leave") < 0.4 }
    : { came: draw("visit") < 0.06, left: false };
  const { clicked, came, left } = happened;
  user.isThere = !left;
  // The formula of `reward` in the blueprint.
  const reward = Number(clicked ?? false) + 0.5 * Number(came ?? false) - 0.1 * Number(clicked === false);
  user.value += DISCOUNT ** step * reward;
  return happened;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The mean with its interval of 95 %, in words. */
export function worth(users: readonly User[]): string {
  const values = users.map(({ value }) => value);
  const of = mean(values);
  const error = Math.sqrt(mean(values.map((value) => (value - of) ** 2)) / values.length);
  return `${of.toFixed(2)} (95 %: ${(of - 1.96 * error).toFixed(2)} to ${(of + 1.96 * error).toFixed(2)})`;
}
