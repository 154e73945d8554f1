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
type Ask = Omit<Given, "topic">;

/** How many decisions one round asks for, and has events before, and of how many units. */
const ROUND = 12;
const UNITS = 4;
/** Where the features of `CONTROL` have the count of clicks. */
const CLICKS_AT = 2;
const ANSWER_MS = 20_000;
/** Windows are read beside the requests: so long may the loop take, however busy the machine, until a decision sees the round's events. */
const SEEN_MS = 60_000;

/** Traffic that nobody touches: each of its decisions is answered, recorded once, and becomes the row it would become without the rest. */
export class Control {
  readonly #connection: Reconnecting;
  /** Everything that was stored, in the order it was sent. */
  readonly sent: Given[] = [];
  readonly problems: string[] = [];
  asked = 0;
  answered = 0;
  #rounds = 0;
  #probes = 0;

  constructor(open: OpenPlace) {
    this.#connection = new Reconnecting(open);
  }

  /** @param after what was done before, for the problems. */
  async round(after: string): Promise<void> {
    const round = this.#rounds++;
    const start = Date.now() - 2_000;
    const who = (index: number): string => `user-${round}-${index % UNITS}`;
    for (let index = 0; index < ROUND; index++) {
      const attributes = { who: who(index), amount: index + 0.5 };
      await this.#send({ topic: events, key: who(index), value: { kind: "click", attributes }, time: start - index });
    }
    await this.#untilSeen(round, who, after);
    await Promise.all(
      Array.from({ length: ROUND }, (_, index) => this.#ask(round, index, who(index), start + index + 1, after)),
    );
    for (let index = 0; index < ROUND; index += 2) {
      const decisionId = idOf(round, index);
      const value = { decisionId, observationId: "only", values: { kind: "purchase", price: index } };
      await this.#send({ topic: observations, key: decisionId, value, time: start + 100 + index });
    }
  }

  /** Asks under ids of its own, for each unit, until a decision's features count all of its clicks. */
  async #untilSeen(round: number, who: (index: number) => string, after: string): Promise<void> {
    const clicks = ROUND / UNITS;
    let unseen = Array.from({ length: UNITS }, (_, index) => who(index));
    for (const deadline = performance.now() + SEEN_MS; performance.now() < deadline; await sleep(100)) {
      const ids = await Promise.all(unseen.map((unit) => this.#probe(unit)));
      const counted = await this.#connection.insist(({ place }) => clicksOf(place, new Set(ids)));
      unseen = unseen.filter((_, index) => (counted.get(ids[index]!) ?? 0) < clicks);
      if (unseen.length === 0) return;
    }
    this.problems.push(`after ${after}: decisions of round ${round} did not see the events of ${unseen.join(", ")}`);
  }

  async #probe(unit: string): Promise<string> {
    const decisionId = `probe-${this.#probes++}`;
    const ask = requestOf(decisionId, { x: 0, plan: "free", who: unit }, Date.now());
    await this.#connection.insist(({ requester }) => requester.request(ask, ANSWER_MS));
    return decisionId;
  }

  async #ask(round: number, index: number, unit: string, time: number, after: string): Promise<void> {
    const decisionId = idOf(round, index);
    const context = { x: index / 8, plan: index % 3 === 0 ? "constructor" : "free", who: unit };
    const ask = requestOf(decisionId, context, time);
    this.sent.push({ topic: decisionRequests, ...ask });
    this.asked++;
    try {
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
      if (!isControl(key)) continue;
      const { maturity: _maturity, rowTime: _rowTime, labelTime: _labelTime, ...rest } = value;
      newest.set(key, JSON.stringify(rest));
    }
    return newest;
  }

  /** Of the control's decisions: how often each was recorded. */
  async recorded({ backbone, registry }: Place): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for await (const { value } of readTopic(backbone, new Serdes(registry), decisions, { onBad: () => undefined })) {
      if (isControl(value.decisionId)) counts.set(value.decisionId, (counts.get(value.decisionId) ?? 0) + 1);
    }
    return counts;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

const idOf = (round: number, index: number): string => `control-${round}-${index}`;
const isControl = (decisionId: string): boolean => decisionId.startsWith("control-");

function requestOf(
  decisionId: string,
  context: Readonly<Record<string, number | string>> & { readonly who: string },
  time: number,
): Ask {
  return {
    key: decisionId,
    value: { decisionId, useCase: "control", unit: context.who, context, deferred: false },
    time,
  };
}

/** By decision id: how many clicks its features count. */
async function clicksOf({ backbone, registry }: Place, ids: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
  const counted = new Map<string, number>();
  for await (const { value } of readTopic(backbone, new Serdes(registry), decisions, { onBad: () => undefined })) {
    if (ids.has(value.decisionId)) counted.set(value.decisionId, Number(value.features[CLICKS_AT]));
  }
  return counted;
}
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
