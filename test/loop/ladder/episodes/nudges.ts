import { decisionRequests, observations, type DecisionRecorded } from "../../../../schemas/index.ts";
import { joinModels, onnxFromTrees } from "../../../../trainer/onnx/index.ts";
import { random } from "../../../blueprints/random.ts";
import { HOUR, request } from "../../../operators/parcels.ts";
import { Rig, type Log } from "../rig.ts";

/** Whoever is sent something twice in a row is tired of it, clicks little, and may leave. */
export const nudges = (ladder: string, more = ""): string => `
useCase: nudges
decisionSpace: { actions: [hold, send] }
context: { tired: number, k: number }
features: [tired, k]
observations: { clicked: boolean, came: boolean, left: boolean }
labels:
  click: { value: clicked, aggregate: any, default: 0, wait: 10m }
  visit: { value: came, aggregate: any, default: 0, wait: 10m }
  gone: { value: left, aggregate: any, default: 0, wait: 10m }
reward: { formula: click + own * visit, weights: { own: 0.3 } }
episodes: { gap: 1h, length: 10, end: gone or k >= 3, discount: 0.95, learn: { learner: fittedQ } }
policy: { best: { share: 50% } }
training: { schedule: none, freshRows: none, tolerance: 25% }
ladder: { ${ladder} }
${more}`;
const [STEPS, DISCOUNT, UNITS] = [4, 0.95, 600];
const CLICKS = [0.6, 0.15];
const [VISITS, OWN, LEAVES] = [0.3, 0.3, 0.5];

/** The probability of a send to who is not tired, and to who is. */
export type Sends = readonly [number, number];

/** What an episode is worth. Exact. */
export function worth(sends: Sends): number {
  let rest: readonly [number, number] = [0, 0];
  for (let k = 0; k < STEPS; k++) {
    const of = (tired: 0 | 1): number => {
      const send = CLICKS[tired]! + DISCOUNT * (tired === 1 ? 1 - LEAVES : 1) * rest[1];
      const hold = VISITS * OWN + DISCOUNT * rest[0];
      return sends[tired] * send + (1 - sends[tired]) * hold;
    };
    rest = [of(0), of(1)];
  }
  return rest[0];
}

/** The models: what their policy does, half of it by its values and half as the log does. */
export const SENDS = { m1: [0.75, 0.75], better: [0.75, 0.25], worse: [0.25, 0.75] } as const satisfies Record<
  string,
  Sends
>;

const byTired = (fresh: number, tired: number): Uint8Array =>
  onnxFromTrees(
    {
      ...{ objective: "reg:squarederror", columns: 2, baseScore: 0 },
      trees: [
        {
          ...{ left: [1, -1, -1], right: [2, -1, -1], column: [0, 0, 0], condition: [0.5, fresh, tired] },
          ...{ missingLeft: [false, false, false], gain: [1, 0, 0] },
        },
      ],
    },
    {},
  );

/** A file with values by which a policy sends so. @param send in place of the value of a send */
export const fileOf = (name: string, [fresh, tired]: Sends, send?: Uint8Array): Uint8Array =>
  joinModels(
    [
      { label: "value_hold", onnx: byTired(0.9, 0.7) },
      { label: "value_send", onnx: send ?? byTired(fresh > 0.5 ? 1.1 : 0.8, tired > 0.5 ? 0.8 : 0.6) },
      { label: "logged_hold", onnx: byTired(0.5, 0.5) },
      { label: "logged_send", onnx: byTired(0.5, 0.5) },
    ],
    { name },
  );

/** A world of nudges that answers what is decided. */
export class Nudged extends Rig {
  readonly #random = random(23);
  /** Whoever is decided for by this model clicks half as often from now on: no log of another one shows that. */
  resented: string | undefined;

  static open(log: Log, ladder: string, production: Sends = SENDS.m1, more = ""): Promise<Nudged> {
    return new Nudged(log, { text: nudges(ladder, more), production: fileOf("m1", production) }).open();
  }

  /** So many units have an episode each, side by side, of so many steps at most. @returns the beginning of the decisions' ids */
  async episodes(count: number, steps = STEPS): Promise<string> {
    const name = `e${this.hours}-`;
    const draw = this.#random;
    let there = Array.from({ length: count }, (_, at) => ({ unit: `u${at % UNITS}`, tired: 0 }));
    for (let k = 0; k < steps && there.length > 0; k++) {
      const from = this.now + 1 + k * (HOUR / 3);
      const asked = there.map(({ unit, tired }, at) => {
        const key = `${name}${k}-${unit}`;
        const time = from + at;
        return { topic: decisionRequests, key, value: request(key, { tired, k }, { unit, useCase: "nudges" }), time };
      });
      await this.loop.publisher.publish(asked);
      await this.loop.idle();
      const made = await this.#madeOf(`${name}${k}-`);
      const next: typeof there = [];
      await this.loop.publisher.publish(
        there.map(({ unit, tired }, at) => {
          const { key, time } = asked[at]!;
          const { value: action, modelId } = made.get(key)!;
          const isSent = action === "send";
          const clicked = isSent && draw() < CLICKS[tired]! * (modelId === this.resented ? 0.5 : 1);
          const came = !isSent && draw() < VISITS;
          const left = isSent && tired === 1 && draw() < LEAVES;
          if (!left) next.push({ unit, tired: Number(isSent) });
          const values = { clicked, came, left };
          const observed = { decisionId: key, useCase: "nudges", values, optionId: "" };
          return { topic: observations, key, value: observed, time: time + 1_000 };
        }),
      );
      there = next;
    }
    await this.tick(steps === STEPS ? 3 : 1);
    return name;
  }

  async #madeOf(name: string): Promise<ReadonlyMap<string, DecisionRecorded>> {
    const made = (await this.decisions()).filter(({ decisionId }) => decisionId.startsWith(name));
    return new Map(made.map((decision) => [decision.decisionId, decision]));
  }
}
