import type { CompiledBlueprint, CompiledPosterior } from "../../blueprints/index.ts";
import { blueprintTable, validBlueprints, type ValidBlueprints } from "../../catalogue/index.ts";
import {
  DomainError,
  posteriors,
  recordLimits,
  type BlueprintPublished,
  type PosteriorPublished,
} from "../../schemas/index.ts";
import type { Bytes, BytesPlace, BytesView, GlobalFold, GlobalView } from "../../streams/index.ts";
import { bytesOfDoubles, doublesOf } from "./doubles.ts";

type Named = Pick<PosteriorPublished, "useCase" | "posterior" | "optionId" | "updates">;

/** The key of a state on its topic. */
export const posteriorKey = ({ useCase, posterior, optionId, updates }: Named): string =>
  `${posteriorPart(useCase, posterior)}/${optionId ?? ""}/${updates}`;

/** Neither has a slash. */
export const posteriorPart = (useCase: string, posterior: string): string => `${useCase}/${posterior}`;

/**
 * All states of the posteriors that versions have, each in a series by option and time. A decision reads the newest one
 * that is old enough for its own time, so it depends on the topic alone, live as in a replay. Nothing is forgotten.
 */
export const posteriorStates: GlobalFold<PosteriorPublished> = Object.freeze({
  kind: "fold",
  name: "posteriors",
  topic: posteriors,
  tables: [blueprintTable],
  parts: {
    asked: (table) => [...askedBy(validBlueprints(table(blueprintTable)))],
    needed: (table) => neededNow(table(blueprintTable)),
    partOf: (key) => placeOf(key).part,
  },
  placeOf,
  fold({ value, time }, bytes, table, scope) {
    const part = posteriorPart(value.useCase, value.posterior);
    if (scope?.parts.has(part) === false || !askedBy(validBlueprints(table(blueprintTable))).has(part)) return;
    takeState(bytes, value, time);
  },
} satisfies GlobalFold<PosteriorPublished>);

/** Of several states with one time the last one counts. Throws `POSTERIOR_FULL` for the first state of one option too many. */
export function takeState(bytes: Pick<Bytes, "get" | "put">, value: PosteriorPublished, time: number): void {
  const { useCase, posterior, optionId, updates } = value;
  const part = posteriorPart(useCase, posterior);
  // A series has no number before 0.
  const option = `${part}|${optionId ?? ""}|-1`;
  if (bytes.get(option) === undefined) {
    const count = `${part}||${COUNT}`;
    const counted = bytes.get(count);
    const options = counted === undefined ? 0 : doublesOf(counted)[0]!;
    if (options >= recordLimits.posteriorOptions) throw isFull(useCase, options);
    bytes.put(count, bytesOfDoubles(Float64Array.of(options + 1)));
    bytes.put(option, NOTHING);
  }
  const key = `${part}|${optionId ?? ""}|${time}`;
  const before = bytes.get(key);
  if (before !== undefined && updatesOf(before) >= updates) return;
  bytes.put(key, stateBytes(value));
}

/** Of the options of a part, in place of a time. */
const COUNT = "options";
const NOTHING = new Uint8Array(0);

const isFull = (useCase: string, options: number): DomainError =>
  new DomainError(
    "POSTERIOR_FULL",
    `the posterior of ${useCase} has weights of ${options} options: others are decided as if nothing were known of them. ` +
      "Publish a version whose posterior is by all, with features of the options",
  );

export const stateBytes = ({ updates, rows, squares, products }: PosteriorPublished): Uint8Array =>
  bytesOfDoubles(Float64Array.of(updates, rows, ...squares, ...products));

/** A state as it is kept. */
export interface PosteriorState {
  readonly updates: number;
  readonly rows: number;
  readonly squares: Float64Array;
  readonly products: Float64Array;
}

/** The number of a state, without the rest. */
export const updatesOf = (bytes: Uint8Array): number => doublesOf(bytes.subarray(0, 8))[0]!;

export function stateOf(bytes: Uint8Array): PosteriorState {
  const numbers = doublesOf(bytes);
  const count = numbers.length - 2;
  // count = d (d + 1) / 2 + d
  const dimensions = Math.round((Math.sqrt(9 + 8 * count) - 3) / 2);
  const [updates, rows] = numbers as unknown as [number, number];
  return { updates, rows, squares: numbers.slice(2, -dimensions), products: numbers.slice(-dimensions) };
}

function placeOf(key: string): BytesPlace {
  const [first, last] = [key.indexOf("|"), key.lastIndexOf("|")];
  const [part, end] = [key.slice(0, first), key.slice(last + 1)];
  // Counts are no states, and no part of a series.
  if (end === COUNT || end === "-1") return { part, name: null, number: 0 };
  return { part, name: key.slice(first + 1, last), number: Number(end) };
}

/** The name of an option's series. */
export const nameIn = ({ by }: Pick<CompiledPosterior, "by">, optionId: string): string =>
  by === "option" ? optionId : "";

/** States of posteriors in their series. */
export type PosteriorSeries = Pick<BytesView, "series">;

/** The bytes of the newest state of an option at a time, strictly before it; `undefined`: there was none. */
export function stateAt(
  states: PosteriorSeries,
  { blueprint, posterior }: Pick<CompiledBlueprint, "blueprint" | "posterior">,
  optionId: string,
  time: number,
): Uint8Array | undefined {
  const { id, afterMs } = posterior!;
  const series = states.series(posteriorPart(blueprint.useCase, id), nameIn(posterior!, optionId));
  if (series === undefined) return undefined;
  const { numbers, values } = series;
  let [from, to] = [0, numbers.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (numbers[middle]! + afterMs < time) from = middle + 1;
    else to = middle;
  }
  return values[from - 1];
}

const known = new WeakMap<ValidBlueprints, ReadonlySet<string>>();

/** Worked out once a change of the table. */
function askedBy(valid: ValidBlueprints): ReadonlySet<string> {
  let asked = known.get(valid);
  if (asked === undefined) {
    asked = new Set(valid.all().flatMap((compiled) => partsOf(compiled)));
    known.set(valid, asked);
  }
  return asked;
}

const partsOf = ({ blueprint, posterior }: CompiledBlueprint): readonly string[] =>
  posterior === null ? [] : [posteriorPart(blueprint.useCase, posterior.id)];

/** Of versions that decide, have decided or will decide. */
function neededNow(blueprints: GlobalView<BlueprintPublished>): readonly string[] {
  const valid = validBlueprints(blueprints);
  return [...blueprints.values()]
    .filter(({ activations }) => activations.some(({ live }) => live))
    .flatMap(({ useCase, version }) => {
      const compiled = valid.version(useCase, version);
      return compiled === undefined ? [] : partsOf(compiled);
    });
}
