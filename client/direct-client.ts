import {
  decisionReplies,
  decisionRequests,
  events,
  observations,
  recordLimits,
  type DecisionReplied,
  type DecisionRequested,
} from "../schemas/index.ts";
import { createRequester, hasCode, Outages, Sender, Serdes, within } from "../streams/client/index.ts";
import { EVENT_ID, observed, sourceHeaders, type KeptRecord } from "./buffer/kept-record.ts";
import { clientDefaults, type ClientOptions, type OfSource } from "./client.ts";
import { loadStrictness } from "./load-strictness.ts";
import type { Strictness } from "./strict.ts";

/** The event time of a request, ms, and whose it is. */
export interface AskedWhen extends OfSource {
  readonly time: number;
}

/** Calls over one connection: each is made once, and fails with it. */
export interface DirectClient {
  /** Rejects as a requester does, and with `UNDECLARED` if the client is strict. */
  ask(value: DecisionRequested, when: AskedWhen, timeoutMs: number): Promise<DecisionReplied>;
  /** Resolves when the record is stored. Rejects as a sender does, and with `UNDECLARED` if the client is strict. */
  store(record: KeptRecord): Promise<void>;
  /** Finishes open writes, for at most `flushMs`, and rejects open requests with `CLOSED`. */
  close(): Promise<void>;
}

export type DirectOptions = Pick<
  ClientOptions,
  "backbone" | "registry" | "subjectPrefix" | "clientId" | "strict" | "log"
>;

/** Opens nothing before the first call. */
export function directClient(options: DirectOptions): DirectClient {
  const { backbone, registry, clientId, strict, log } = options;
  const serdes = new Serdes(registry, options.subjectPrefix);
  const sender = new Sender(backbone, serdes);
  let loading: Promise<Strictness> | undefined;
  /** Of a strict client; `undefined` of any other. */
  const strictness = (): Promise<Strictness> | undefined =>
    strict === true ? (loading ??= loadStrictness(backbone, serdes)) : undefined;
  const requester = createRequester({
    ...{ backbone, serdes, sender },
    ...{ requests: decisionRequests, replies: decisionReplies },
    outages: new Outages(log),
    instanceId: clientId,
  });
  return {
    async ask(value, { time, source }, timeoutMs) {
      const { decisionId: key } = value;
      await (await strictness())?.request(value, time, timeoutMs);
      return requester.request({ key, value, time, headers: sourceHeaders(source) }, timeoutMs);
    },
    async store(record) {
      const { time } = record;
      if (record.what === "decision") {
        const { id: key, request: value } = record;
        return sender.send(decisionRequests, { key, value, time });
      }
      if (record.what === "event") {
        const { id, kind, key, attributes } = record;
        await (await strictness())?.event(kind, clientDefaults.timeout);
        const headers = { [EVENT_ID]: Buffer.from(id) };
        return sender.send(events, { key, value: { kind, attributes }, time, headers });
      }
      const { decisionId: key, useCase, values, source } = record;
      await (await strictness())?.observations(useCase, values, time, clientDefaults.timeout);
      return sender.send(observations, { key, value: observed(record), time, headers: sourceHeaders(source) });
    },
    async close() {
      await requester.close();
      // Brokers that are away would hold it up for as long as a delivery may take.
      // One that is gone has nothing to close: what was not stored is counted by the client.
      const closed = sender.close().catch((error: unknown) => {
        if (!hasCode(error, "BACKBONE_GONE")) throw error;
      });
      await within(recordLimits.flushMs, closed, () => undefined);
    },
  };
}
