import { checkPublished, validBlueprints, type ValidBlueprints } from "../catalogue/index.ts";
import {
  kindOf,
  meant,
  misfits,
  type CompiledOptions,
  type DeclaredNames,
  type Misfit,
  type ValueTypes,
} from "../blueprints/index.ts";
import { blueprints, DomainError, recordLimits, type DecisionRequested } from "../schemas/index.ts";
import { readTable, StreamsError, within, type Backbone, type Serdes } from "../streams/index.ts";

type Values = Readonly<Record<string, null | boolean | number | string>>;
type Asked = Pick<DecisionRequested, "useCase" | "context" | "candidates">;

/**
 * A version may be newer than the table that was read: before a refusal the table is read again, at most this often;
 * ms.
 */
const FRESH_MS = 1_000;

/**
 * Refuses, before it is sent, anything that would count for nothing. Blueprints are read from their topic and kept for
 * `strictTableMs`. Throws `UNDECLARED` with the nearest known name.
 */
export class Strictness {
  readonly #backbone: Backbone;
  readonly #serdes: Serdes;
  #reading: Promise<ValidBlueprints> | undefined;
  /** Time of the last read by the monotonic clock, ms. */
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(backbone: Backbone, serdes: Serdes) {
    this.#backbone = backbone;
    this.#serdes = serdes;
  }

  /**
   * The context of a request, and its candidates.
   * @param time of the request, ms: the version that is live at that time is asked.
   * @param timeout longest wait for the blueprints, ms.
   */
  request({ useCase, context, candidates }: Asked, time: number, timeout: number): Promise<void> {
    return this.#check(timeout, (valid) => {
      const live = valid.at(useCase, time);
      if (live === undefined) return notLive(useCase, valid);
      const { context: types } = live.declared;
      const where = `context of use case ${useCase}`;
      return problemOf(misfits(types, context), types, where) ?? candidateProblem(candidates, useCase, live.options);
    });
  }

  /** @param useCase if empty, a name that any use case knows is accepted. */
  observations(useCase: string, values: Values, time: number, timeout: number): Promise<void> {
    return this.#check(timeout, (valid) => {
      const names = useCase === "" ? valid.useCases() : [useCase];
      const live = names.flatMap((name) => valid.at(name, time)?.declared ?? []);
      if (live.length === 0) return notLive(useCase, valid);
      const problems = live.map((declared) => observationProblem(declared, values));
      return problems.includes(undefined) ? undefined : problems[0];
    });
  }

  event(kind: string, timeout: number): Promise<void> {
    return this.#check(timeout, (valid) => {
      const kinds = valid.all().map(({ declared }) => declared.kinds);
      if (kinds.every((each) => each === null)) return undefined;
      const known = new Set(kinds.flatMap((each) => [...(each ?? [])]));
      return known.has(kind) ? undefined : `no blueprint knows events of kind ${unknown(kind, known)}`;
    });
  }

  async #check(timeout: number, problemIn: (valid: ValidBlueprints) => string | undefined): Promise<void> {
    if (problemIn(await inTime(this.#read(recordLimits.strictTableMs), timeout)) === undefined) return;
    const problem = problemIn(await inTime(this.#read(FRESH_MS), timeout));
    if (problem !== undefined) throw new DomainError("UNDECLARED", problem);
  }

  /** The blueprints, read at most `mostMs` ago. */
  #read(mostMs: number): Promise<ValidBlueprints> {
    const now = performance.now();
    if (this.#reading !== undefined && now - this.#readAt < mostMs) return this.#reading;
    this.#readAt = now;
    const reading = readTable(this.#backbone, this.#serdes, { topic: blueprints, check: checkPublished }).then(
      validBlueprints,
    );
    this.#reading = reading;
    reading.catch(() => {
      if (this.#reading === reading) this.#reading = undefined;
    });
    return reading;
  }
}

/** Bounds a product's call by its timeout, even if the blueprints can't be read. */
function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  return within(ms, work, () => {
    const text = `the blueprints, which a strict client needs, could not be read within ${ms} ms`;
    throw new StreamsError("TIMEOUT", text);
  });
}

function notLive(useCase: string, valid: ValidBlueprints): string {
  const known = valid.useCases();
  if (known.includes(useCase)) return `use case ${JSON.stringify(useCase)} has no live blueprint`;
  return useCase === "" ? "no blueprint is live" : `there is no use case ${unknown(useCase, known)}`;
}

function observationProblem({ observations, kinds }: DeclaredNames, values: Values): string | undefined {
  const kind = kindOf(values);
  if (kind !== null && kinds !== null && !kinds.has(kind)) return `no event is of kind ${unknown(kind, kinds)}`;
  return problemOf(misfits(observations, values), observations, "observations");
}

/** Of the first candidate that counts for nothing, or has such an entry. */
function candidateProblem(
  candidates: Asked["candidates"],
  useCase: string,
  options: CompiledOptions | null,
): string | undefined {
  if (candidates.length === 0) return undefined;
  if (options === null) return `candidates: use case ${useCase} neither chooses nor ranks options`;
  const { actions, entries } = options;
  const known = actions?.map(({ optionId }) => optionId);
  const seen = new Set<string>();
  for (const [at, { optionId, context }] of candidates.entries()) {
    const where = `candidates[${at}] (${JSON.stringify(optionId)})`;
    if (known?.includes(optionId) === false)
      return `candidates[${at}]: use case ${useCase} has no action ${unknown(optionId, known)}`;
    if (seen.has(optionId)) return `${where}: an earlier candidate has this id, and that one counts`;
    seen.add(optionId);
    if (known !== undefined && Object.keys(context).length > 0)
      return `${where}: its entries are the settings of the action, in the blueprint: send its id alone`;
    const problem = problemOf(misfits(entries, context), entries, `${where}: context`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOf([first]: readonly Misfit[], types: ValueTypes, where: string): string | undefined {
  if (first === undefined) return undefined;
  const { name, problem } = first;
  if (problem === "unknown") return `${where}: the blueprint has no entry ${unknown(name, types.keys())}`;
  return `${where}: the value of ${JSON.stringify(name)} is no ${types.get(name)}`;
}

function unknown(name: string, known: Iterable<string>): string {
  const names = [...known];
  const guess = meant(name, names);
  const hint =
    guess === null ? `known: ${names.slice(0, 12).join(", ") || "none"}` : `did you mean ${JSON.stringify(guess)}?`;
  return `${JSON.stringify(name)} (${hint})`;
}
