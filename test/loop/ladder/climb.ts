import { decisionRequests, observations } from "../../../schemas/index.ts";
import { random } from "../../blueprints/random.ts";
import { HOUR, request } from "../../operators/parcels.ts";
import { byMargins } from "./candidates.ts";
import { Rig, type Log } from "./rig.ts";

/** Whoever is warned costs more, whatever comes. */
export const TEXT = `
useCase: parcels
decisionSpace: boolean
context: { weight: number }
features: [weight]
observations: { minutes: number, paid: number }
labels:
  late: { value: minutes > 10, wait: 30m }
  cost: { value: paid, wait: 30m, objective: regression }
policy: { decide: late > 0.3 }
training: { schedule: none, freshRows: none }
ladder:
  shadow: 150
  canary: [20%, 50%]
  decisions: 40
  giveUpAfter: 2d
  latency: 4ms
  guardrails: { cost: { rise: 5% } }
`;
const UNITS = 300;

/** A world of parcels that answers what is decided. */
export class Climb extends Rig {
  readonly #random = random(17);
  /** How often light and heavy parcels are late. */
  late: readonly [number, number] = [0.12, 0.88];

  static open(log: Log, text = TEXT): Promise<Climb> {
    // It warns of heavy parcels alone.
    return new Climb(log, { text, production: byMargins("m1", -1.1, 1.1) }).open();
  }

  /** So many decisions in an hour, and what comes of them. @returns the beginning of their ids */
  async hour(count: number, heaviest = 30): Promise<string> {
    const { loop, now } = this;
    const requests = Array.from({ length: count }, (_, at) => {
      const weight = this.#random() * heaviest;
      const [key, unit] = [`h${this.hours}-${at}`, `u${Math.floor(this.#random() * UNITS)}`];
      const time = now + 1 + Math.floor((at / count) * (HOUR / 2));
      return { topic: decisionRequests, key, value: request(key, { weight }, { unit }), time };
    });
    await loop.publisher.publish(requests);
    await loop.idle();
    const made = new Map((await this.decisions()).map((decision) => [decision.decisionId, decision]));
    await loop.publisher.publish(
      requests.map(({ key, value, time }) => {
        const isLate = this.#random() < this.late[Number((value.context["weight"] as number) > 10)]!;
        const paid = (made.get(key)!.value === true ? 2 : 1) + this.#random() / 2;
        const values = { minutes: isLate ? 20 : 1, paid };
        const observed = { decisionId: key, useCase: "parcels", values, optionId: "" };
        return { topic: observations, key, value: observed, time: time + 1_000 };
      }),
    );
    const name = `h${this.hours}-`;
    this.hours += 2;
    await this.tick();
    return name;
  }
}
