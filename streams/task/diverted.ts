import type { Origin } from "../operator.ts";

/** Stands for the value of a record that belongs to another partition: it is passed on as it was read. */
export const FOREIGN = Symbol("foreign");

/** Stands for the value of a record that can't be used: it becomes a dead letter. */
export class Refused {
  readonly error: unknown;
  /** Of the dead letter, ms. */
  readonly time: number;

  constructor(error: unknown, time: number) {
    this.error = error;
    this.time = time;
  }
}

/** A queued record. No operator sees it if its value stands for one that is diverted. */
interface Diverse {
  readonly value: unknown;
  readonly origin: Origin;
}

export const isDiverted = ({ value }: Diverse): boolean => value === FOREIGN || value instanceof Refused;

/** The records of a run for the task's operators. */
export const ownOf = <T extends Diverse>(run: readonly T[]): readonly T[] =>
  run.filter((record) => !isDiverted(record));

/** The diverted records of a run, up to the first one that waits for another attempt. */
export const divertedOf = <T extends Diverse>(run: readonly T[], waiting?: T): readonly T[] =>
  run.filter((record) => isDiverted(record) && (waiting === undefined || isBefore(record, waiting)));

/** The records of a run from one of them on. */
export const from = <T extends Diverse>(run: readonly T[], first: T): readonly T[] =>
  run.filter((record) => !isBefore(record, first));

const isBefore = (one: Diverse, other: Diverse): boolean => one.origin.offset < other.origin.offset;
