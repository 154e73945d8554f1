import { setTimeout as sleep } from "node:timers/promises";
import { compileBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { decisionRequests, decisions, events, observations } from "../../schemas/index.ts";
import { readTopic, Serdes, type Published } from "../../streams/index.ts";
import type { OpenPlace, Place } from "../chaos/product.ts";
import { Reconnecting } from "./reconnecting.ts";

/** Of the label, s. */
export const LABEL_WAIT = 8;

export const CONTROL = `
useCase: control
decisionSpace: boolean
context: { x: number, plan: category, who: key }
events:
  click: { fields: [amount] }
features:
  - x
  - plan
  - clicks: { count: true, of: click, by: who, in: 1h }
  - spent: { sum: amount, of: click, by: who, in: 1h }
label: { name: bought, when: kind == "purchase", value: price > 3, wait: ${LABEL_WAIT}s, default: 0 }
observations: { price: number }
policy: { decide: bought > 0.5 }
join: { ttl: 1h }
training: { schedule: none, freshRows: none, minRows: 1000000 }
`;

/** A use case that has what `CONTROL` has, for records that are ill-treated. */
export const TORTURED = CONTROL.replace("useCase: control", "useCase: tortured");

export const controlRows = rowsTopic(compileBlueprint(CONTROL));

type Given = Published<unknown>;

/** How many decisions one round asks for. */
const ROUND = 12;
const ANSWER_MS = 20_000;
/** What every instance reads whole is read beside the requests: events are given so long to get there. */
const EVENTS_AHEAD_MS = 1_500;

/** Traffic that nobody touches: each of its decisions is answered, recorded once, and becomes the row it would become without the rest. */
export class Control {
  readonly #connection: Reconnecting;
  /** Everything that was stored, in the order it was sent. */
  readonly sent: Given[] = [];
  readonly problems: string[] = [];
  asked = 0;
  answered = 0;
  #rounds = 0;

  constructor(open: OpenPlace) {
    this.#connection = new Reconnecting(open);
  }

  /** @param after what was done before, for the problems. */
  async round(after: string): Promise<void> {
    const round = this.#rounds++;
    const start = Date.now() - 2_000;
    const who = (index: number): string => `user-${round}-${index % 4}`;
    for (let index = 0; index < ROUND; index++) {
      const attributes = { who: who(index), amount: index + 0.5 };
      await this.#send({ topic: events, key: who(index), value: { kind: "click", attributes }, time: start - index });
    }
    await sleep(EVENTS_AHEAD_MS);
    await Promise.all(
      Array.from({ length: ROUND }, (_, index) => this.#ask(round, index, who(index), start + index + 1, after)),
    );
    for (let index = 0; index < ROUND; index += 2) {
      const decisionId = idOf(round, index);
      const value = { decisionId, observationId: "only", values: { kind: "purchase", price: index } };
      await this.#send({ topic: observations, key: decisionId, value, time: start + 100 + index });
    }
  }

  async #ask(round: number, index: number, unit: string, time: number, after: string): Promise<void> {
    const decisionId = idOf(round, index);
    const context = { x: index / 8, plan: index % 3 === 0 ? "constructor" : "free", who: unit };
    const value = { decisionId, useCase: "control", unit, context, deferred: false };
    this.sent.push({ topic: decisionRequests, key: decisionId, value, time });
    this.asked++;
    try {
      const ask = { key: decisionId, value, time };
      const reply = await this.#connection.insist(({ requester }) => requester.request(ask, ANSWER_MS));
      if (reply.reason === "noModel" && reply.decisionId === decisionId) this.answered++;
      else this.problems.push(`after ${after}: ${decisionId} was answered ${reply.reason} ${reply.error ?? ""}`);
    } catch (error) {
      this.problems.push(`after ${after}: ${decisionId} got no answer: ${messageOf(error)}`);
    }
  }

  async #send({ topic, key, value, time }: Given): Promise<void> {
    await this.#connection.insist(({ sender }) => sender.send(topic as never, { key, value: value as never, time }));
    this.sent.push({ topic, key, value, time } as Given);
  }

  /**
   * By decision id: the newest row, without what says when it was made. The label's time is left out too: an observation that comes after the wait
   * and says what the default says corrects nothing.
   */
  async rows(place: Place): Promise<ReadonlyMap<string, string>> {
    const newest = new Map<string, string>();
    for await (const { key, value } of readTopic(place.backbone, new Serdes(place.registry), controlRows)) {
      const { maturity: _maturity, rowTime: _rowTime, labelTime: _labelTime, ...rest } = value;
      newest.set(key, JSON.stringify(rest));
    }
    return newest;
  }

  /** Of the control's decisions: how often each was recorded. */
  async recorded({ backbone, registry }: Place): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    const options = { onBad: () => undefined };
    for await (const { value } of readTopic(backbone, new Serdes(registry), decisions, options)) {
      if (value.useCase === "control") counts.set(value.decisionId, (counts.get(value.decisionId) ?? 0) + 1);
    }
    return counts;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

const idOf = (round: number, index: number): string => `control-${round}-${index}`;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
