import { randomUUID } from "node:crypto";
import { DomainError, recordLimits, type DecisionReplied, type DecisionRequested } from "../schemas/index.ts";
import { checkArrival, hasCode, Outages, silent, StreamsError } from "../streams/client/index.ts";
import type { KeptRecord } from "./buffer/kept-record.ts";
import { Outbox } from "./buffer/outbox.ts";
import {
  clientDefaults,
  type CallOptions,
  type Client,
  type ClientOptions,
  type Closed,
  type Stored,
} from "./client.ts";
import type { AskedWhen } from "./direct-client.ts";
import { ownOrder } from "./candidates.ts";
import { decisionOf, defaultDecision } from "./decision.ts";
import type { Link, Links } from "./link.ts";
import { plainValues, wholeText } from "./plain-values.ts";
import { rankingOf } from "./ranking.ts";
import { requestRecord } from "./request-record.ts";
import { openSpool } from "./spool/open-spool.ts";
import { Connectedness, type ClientEvent, type ClientStatus, type StatusListener } from "./status.ts";
import type { AnyUseCase } from "./use-cases.ts";

/** Decides in this process. */
export interface DecidesHere {
  /** The answer, and the request to store if it is to be recorded. `undefined`: the loop is to be asked. */
  decide(request: DecisionRequested, when: AskedWhen): Promise<DecidedHere | undefined>;
  /** A decision that was answered is on its way to its topic; rejects if it never comes there. */
  storing(request: DecisionRequested, stored: Promise<unknown>): void;
}

export interface DecidedHere {
  readonly reply: DecisionReplied;
  /** `undefined`: it is stored already, or none was made. */
  readonly made: DecisionRequested | undefined;
}

export interface StayingOptions extends Pick<ClientOptions, "defaults" | "buffer" | "log" | "now"> {
  readonly links: Links;
  /** Ends the links. */
  readonly close: () => Promise<void>;
  /** Hears of outages. Default: those of the log. */
  readonly outages?: Outages;
  /** No clock that may be right is ahead of this, ms: later records are refused. Default: `now`, or this machine's clock. */
  readonly latest?: (() => number) | undefined;
  /** Absent: the loop is asked for every decision. Needs a buffer. */
  readonly here?: DecidesHere | undefined;
}

const nothing = Object.freeze({ records: 0, bytes: 0, spooled: 0, oldest: null });
const nothingLeft = Object.freeze({ lost: 0, spooled: 0 });

/** The calls of a product over links that come and go. Throws what `openSpool` throws. */
export function stayingClient(options: StayingOptions): Client {
  const { links, log = silent, now = Date.now, outages = new Outages(log) } = options;
  const { latest = () => Math.max(now(), Date.now()) } = options;
  const defaults = { ...clientDefaults, ...options.defaults };
  const listeners = new Set<StatusListener>();
  const health = new Connectedness(outages.of("client"), (event) => tell(event));
  const outbox = options.buffer === false ? undefined : openOutbox(options.buffer ?? {});
  let closing: Promise<Closed> | undefined;
  links.watch({
    opened() {
      health.up();
      outbox?.opened();
    },
    failed(error) {
      health.down(error);
      outbox?.lost();
    },
  });
  outbox?.pump();

  function openOutbox({ spool, records, bytes }: Exclude<ClientOptions["buffer"], false | undefined>): Outbox {
    const { bufferedRecords, bufferedBytes } = recordLimits;
    const bounds = { records: records ?? bufferedRecords, bytes: bytes ?? bufferedBytes };
    const opened = spool === undefined ? undefined : openSpool(spool, log);
    return new Outbox({ links, health, log, outages, ...bounds, spool: opened });
  }

  const statusNow = (): ClientStatus => ({ ...health.health, waiting: outbox?.waiting ?? nothing });

  /** A listener that throws is the product's fault, and disturbs nobody else. */
  function tell(event: ClientEvent): void {
    for (const listener of listeners) {
      try {
        listener(event, statusNow());
      } catch (error) {
        log.error({ event: event.kind, error: textOf(error) }, "client: a status listener threw an error");
      }
    }
  }

  /** @param again the call has the same effect once and twice, and is made again when its link goes meanwhile. */
  async function over<R>(
    timeoutMs: number,
    again: boolean,
    call: (link: Link, leftMs: number) => Promise<R>,
  ): Promise<R> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const link = links.now ?? (await links.next(deadline - performance.now()));
      link.check();
      try {
        const result = await call(link, Math.ceil(deadline - performance.now()));
        health.up();
        return result;
      } catch (error) {
        if (again && link.gone.aborted && performance.now() < deadline && closing === undefined) continue;
        if (isOutage(error)) health.down(error);
        throw error;
      }
    }
  }

  /** Makes the record and stores it. A mistake in it is reported like any other failure. */
  async function store(make: (time: number) => KeptRecord, call: CallOptions): Promise<Stored> {
    const { time = now(), timeout = defaults.timeout, throwOnError = defaults.throwOnError } = call;
    try {
      const record = make(time);
      checkArrival(time, latest(), "time");
      if (outbox === undefined) {
        await over(timeout, record.what === "observation", (link) => link.client.store(record));
        return { ok: true };
      }
      const kept = await outbox.store(record, timeout);
      return kept === "stored" ? { ok: true } : { ok: true, waits: kept };
    } catch (error) {
      if (throwOnError) throw error;
      return { ok: false, error: textOf(error) };
    }
  }

  /** There is no answer that was not taken for storing. */
  async function decideHere(request: DecisionRequested, when: AskedWhen): Promise<DecisionReplied | undefined> {
    const { here } = options;
    // A page has decided.
    if (request.answered !== null) return undefined;
    const decided = await here?.decide(request, when).catch((error: unknown) => {
      if (isOutage(error) || hasCode(error, "BACKBONE_GONE")) health.down(error);
      throw error;
    });
    if (decided?.made === undefined || outbox === undefined) return decided?.reply;
    const { decisionId: id } = request;
    const stored = outbox.store({ what: "decision", id, request: decided.made, time: when.time }, Infinity);
    here!.storing(decided.made, stored);
    // A refusal comes at once, and the product gets its default.
    await Promise.race([stored, Promise.resolve()]);
    return decided.reply;
  }

  async function close(timeoutMs: number): Promise<Closed> {
    await outbox?.flush(timeoutMs);
    await options.close();
    const left = (await outbox?.close()) ?? nothingLeft;
    health.close();
    return left;
  }

  const client: Client<AnyUseCase> = {
    async getDecision(useCase, request, call = {}) {
      // Plain JavaScript may leave it out: a decision never fails its product.
      const given = request as typeof request | undefined;
      const decisionId = given?.decisionId ?? randomUUID();
      const fallback = (call.default ?? null) as NonNullable<typeof call.default>;
      const { timeout = defaults.timeout, throwOnError = defaults.throwOnError } = call;
      const { source, time = given?.answered?.decisionTime ?? now() } = call;
      try {
        const value = requestRecord(useCase, given, decisionId);
        if (source !== undefined) wholeText("source", source);
        checkArrival(time, latest(), "time");
        const reply =
          (await decideHere(value, { time, source })) ??
          (await over(timeout, true, (link, leftMs) => link.client.ask(value, { time, source }, leftMs)));
        // A ranking without scores is an order all the same: it is recorded as shown.
        if (throwOnError && reply.reason === "error" && reply.value === null && reply.ranking === null)
          throw new DomainError("DECISION_FAILED", reply.error ?? "no decision");
        // The correlation id has found the reply. A request that could not be read is answered without its id.
        return decisionOf({ ...reply, decisionId }, fallback);
      } catch (error) {
        if (throwOnError) throw error;
        return defaultDecision(decisionId, fallback, error);
      }
    },
    async getRanking(useCase, request, call = {}) {
      const decision = await client.getDecision(useCase, request, { ...call, default: null });
      const { candidates } = (request as typeof request | undefined) ?? {};
      const ranking = rankingOf(useCase, decision, ownOrder(candidates));
      const { throwOnError = defaults.throwOnError } = call;
      if (throwOnError && ranking.error !== null && ranking.isDefault)
        throw new DomainError("DECISION_FAILED", ranking.error);
      return ranking;
    },
    async logObservations(decisionId, observed, call = {}) {
      const { observationId: id = randomUUID(), useCase = "", optionId, activation = false, source } = call;
      const make = (time: number): KeptRecord => {
        wholeText("decisionId", decisionId);
        wholeText("observationId", id);
        wholeText("useCase", useCase);
        if (optionId !== undefined) wholeText("optionId", optionId);
        if (source !== undefined) wholeText("source", source);
        const values = plainValues("observations", observed);
        const shown = activation ? { activation } : {};
        return { what: "observation", id, decisionId, useCase, optionId, ...shown, values, time, source };
      };
      return { observationId: id, ...(await store(make, call)) };
    },
    async activate(decisionId, call = {}) {
      const { observationId: _, ...stored } = await client.logObservations(
        decisionId,
        {},
        { ...call, activation: true },
      );
      return stored;
    },
    logEvent(kind, attributes, call = {}) {
      const make = (time: number): KeptRecord => {
        const values = plainValues("attributes", attributes as object);
        const key = wholeText("key", call.key ?? wholeText("kind", kind));
        return { what: "event", id: randomUUID(), kind, key, attributes: values, time };
      };
      return store(make, call);
    },
    get status() {
      return statusNow();
    },
    onStatus(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close({ timeout = recordLimits.flushMs } = {}) {
      return (closing ??= close(timeout));
    },
  };
  return client;
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The other side is away; a late answer alone says nothing, unless the replies can't be read. */
function isOutage(error: unknown): boolean {
  if (hasCode(error, "BACKBONE_UNAVAILABLE") || hasCode(error, "REGISTRY_UNAVAILABLE")) return true;
  return error instanceof StreamsError && error.code === "TIMEOUT" && error.cause !== undefined;
}
