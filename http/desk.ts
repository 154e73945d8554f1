import { randomUUID } from "node:crypto";
import { meant } from "../blueprints/index.ts";
import { DomainError, recordLimits, type DecisionRecorded } from "../schemas/index.ts";
import { checkArrival, hasCode } from "../streams/index.ts";
import { at } from "./problems/problem.ts";
import type { HttpSource, SourceSlot } from "./source.ts";
import type { AnsweredDecision, AskedDecision } from "./wire/decision.ts";
import type { Event } from "./wire/event.ts";
import type { Activation, Observation } from "./wire/observation.ts";
import { partsOf, type FoundRow, type Row, type RowAsked, type StoredRow } from "./wire/row.ts";

/** What every route asks of the loop: decisions, observations, events and rows of tables, with the errors that a caller can mend. */
export class Desk {
  readonly #slot: SourceSlot;
  #open = 0;

  constructor(slot: SourceSlot) {
    this.#slot = slot;
  }

  get source(): HttpSource {
    return this.#slot.get();
  }

  /**
   * The loop's answer; one without a value has the reason. Throws `UNKNOWN_USE_CASE` before anything is asked,
   * `AHEAD_OF_TIME`, `TIMEOUT`, and the errors of a client.
   */
  async decide(asked: AskedDecision): Promise<AnsweredDecision> {
    const { useCase, unit, context, candidates, deferred, source: of, timeoutMs } = asked;
    const { decisionId = randomUUID() } = asked;
    const answered = asked.answered as DecisionRecorded | undefined;
    const given = asked.time ?? answered?.decisionTime;
    const source = this.#inTime(given);
    const time = given ?? Date.now();
    await this.live(useCase, time);
    const request = { decisionId, unit, context, candidates, deferred, answered };
    try {
      const call = { time, source: of, timeout: timeoutMs, throwOnError: true };
      const { value, ...answer } = await this.#counted(() => source.client.getDecision(useCase, request, call));
      const { reason, propensity, blueprint, modelId, repeatOf, error, payload, ranking } = answer;
      const repeated = repeatOf?.getTime() ?? null;
      return {
        ...{ decisionId, useCase, value, reason, propensity, blueprint, modelId, repeatOf: repeated, error },
        ...(ranking === null ? {} : { ranking: [...ranking] }),
        ...(payload === null ? {} : { payload }),
      };
    } catch (error) {
      if (hasCode(error, "DECISION_FAILED")) return failed(decisionId, useCase, (error as Error).message);
      throw at(error, { decisionId });
    }
  }

  /** Resolves once the observation is stored, to its id. */
  async observe(
    decisionId: string,
    { values, observationId = randomUUID(), optionId, activation, useCase, time, source }: Observation,
  ): Promise<string> {
    const { client } = this.#inTime(time);
    const call = {
      observationId,
      optionId,
      activation,
      useCase,
      time,
      source,
      timeout: recordLimits.httpStoreMs,
      throwOnError: true,
    };
    await this.#counted(() => client.logObservations(decisionId, values, call));
    return observationId;
  }

  /** Resolves once it is stored that a deferred decision was shown. Throws `UNKNOWN_USE_CASE`. */
  async activate(decisionId: string, { useCase, time, source }: Activation): Promise<void> {
    if (useCase !== undefined) await this.#known(useCase);
    await this.observe(decisionId, { values: {}, activation: true, useCase, time, source });
  }

  /** Resolves once the event is stored. */
  async tell({ kind, attributes, key, time }: Event): Promise<void> {
    const { client } = this.#inTime(time);
    const call = { key, time, timeout: recordLimits.httpStoreMs, throwOnError: true };
    await this.#counted(() => client.logEvent(kind, attributes, call));
  }

  /** Resolves once the version of the row is stored, to its key and the time from which it is valid. */
  async putRow(table: string, { key, values, validFrom }: Row): Promise<StoredRow> {
    const { tables } = this.source;
    const put = { table, key: partsOf(key), values, validFrom };
    const stored = await this.#counted(() => tables.put(put));
    return { key: [...stored.key], validFrom: stored.validFrom };
  }

  /** The row that a decision at a time sees. */
  async getRow(table: string, { key, asOf }: RowAsked): Promise<FoundRow> {
    const { tables } = this.source;
    const found = await this.#counted(() => tables.get(table, partsOf(key), asOf));
    return { ...found, key: [...found.key], versions: [...found.versions] };
  }

  /** The version of a use case that is live at a time; undefined: this release can't read it. Throws `UNKNOWN_USE_CASE`. */
  async live(useCase: string, time = Date.now()) {
    const published = await this.source.blueprints();
    const live = published.at(useCase, time);
    if (live !== undefined || published.problemAt(useCase, time) !== undefined) return live;
    await this.#known(useCase);
    throw unknownUseCase(useCase, "has no live blueprint at this time");
  }

  /** Throws `UNKNOWN_USE_CASE` where no version of it was ever published. */
  async #known(useCase: string): Promise<void> {
    const known = (await this.source.blueprints()).useCases();
    if (known.includes(useCase)) return;
    const guess = meant(useCase, known);
    const hint =
      guess === null
        ? `known are ${known.slice(0, 12).join(", ") || "none"}`
        : `did you mean ${JSON.stringify(guess)}?`;
    throw unknownUseCase(useCase, `is not known: ${hint}`);
  }

  /** A record that the loop would put aside as ahead of its time is refused before it is sent. */
  #inTime(time: number | undefined): HttpSource {
    const { source } = this;
    try {
      if (time !== undefined) checkArrival(time, source.latest(), "time");
    } catch (error) {
      throw at(error, { field: "time" });
    }
    return source;
  }

  async #counted<R>(call: () => Promise<R>): Promise<R> {
    if (this.#open >= recordLimits.httpOpenItems)
      throw new DomainError("TOO_BUSY", `${this.#open} requests are under way`);
    this.#open++;
    try {
      return await call();
    } finally {
      this.#open--;
    }
  }
}

const failed = (decisionId: string, useCase: string, error: string): AnsweredDecision => ({
  ...{ decisionId, useCase, value: null, reason: "error", propensity: null },
  ...{ blueprint: null, modelId: null, repeatOf: null, error },
});

const unknownUseCase = (useCase: string, problem: string): Error =>
  at(new DomainError("UNKNOWN_USE_CASE", `use case ${JSON.stringify(useCase)} ${problem}`), { field: "useCase" });
