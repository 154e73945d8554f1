import type { PromotionRule } from "../../blueprints/index.ts";
import { HOUR_MS } from "../../operators/index.ts";
import { hourlyStats, type HourlyStats } from "../../schemas/index.ts";
import { readTopic, type OffsetRange, type TopicTools } from "../../streams/index.ts";

/** Decisions with two choices: that of the product, which acted, and the policy's proposal. */
export interface Agreed {
  readonly decisions: number;
  /** Their proposals are what acted. */
  readonly agreed: number;
  /** Of rankings, the first option is the same. */
  readonly agreedFirst: number;
}

/** Of whole hours. */
export interface AgreedOver extends Agreed {
  /** Begin of the first hour, event time in ms. */
  readonly from: number;
  /** End of the last hour, event time in ms. */
  readonly to: number;
}

/**
 * Agreement by version and hour. The partitions' statistics of an hour add up, and so do those of late decisions; so the order of the records does
 * not matter.
 */
export class AgreedHours {
  readonly #byVersion = new Map<string, Map<number, Agreed>>();

  take({ useCase, blueprintVersion, hour, agreement }: HourlyStats): void {
    if (agreement.proposals === 0) return;
    const name = `${useCase}/${blueprintVersion}`;
    const hours = this.#byVersion.get(name) ?? new Map<number, Agreed>();
    this.#byVersion.set(name, hours);
    const one = { decisions: agreement.proposals, agreed: agreement.agreed, agreedFirst: agreement.agreedFirst };
    hours.set(hour, added(hours.get(hour) ?? none, one));
  }

  /** In order. @param since hours that begin before it, ms, are left out; null: none is */
  of(useCase: string, version: string, since: number | null): readonly AgreedOver[] {
    return [...(this.#byVersion.get(`${useCase}/${version}`) ?? [])]
      .filter(([hour]) => since === null || hour >= since)
      .sort(([a], [b]) => a - b)
      .map(([hour, one]) => ({ ...one, from: hour, to: hour + HOUR_MS }));
  }
}

const none: Agreed = Object.freeze({ decisions: 0, agreed: 0, agreedFirst: 0 });
const added = (a: Agreed, b: Agreed): Agreed => ({
  decisions: a.decisions + b.decisions,
  agreed: a.agreed + b.agreed,
  agreedFirst: a.agreedFirst + b.agreedFirst,
});

/** Share of the decisions that a rule counts as agreed. */
export const shareOf = (over: Agreed, positions: PromotionRule["positions"] = "all"): number =>
  (positions === "first" ? over.agreedFirst : over.agreed) / over.decisions;

/** After each hour, the fewest newest hours that have at least so many decisions together; all of them if they have less. */
export function* newestAfterEach(hours: readonly AgreedOver[], decisions: number): Generator<AgreedOver> {
  let sum = none;
  let first = 0;
  for (const hour of hours) {
    sum = added(sum, hour);
    for (let oldest = hours[first]!; sum.decisions - oldest.decisions >= decisions; oldest = hours[first]!) {
      const { decisions: less, agreed, agreedFirst } = oldest;
      sum = added(sum, { decisions: -less, agreed: -agreed, agreedFirst: -agreedFirst });
      first++;
    }
    yield { ...sum, from: hours[first]!.from, to: hour.to };
  }
}

/** The first time at which the newest hours reach what the rule asks for; `undefined`: they have not. */
export function firstReached(hours: readonly AgreedOver[], rule: PromotionRule): AgreedOver | undefined {
  for (const newest of newestAfterEach(hours, rule.decisions)) {
    if (newest.decisions >= rule.decisions && shareOf(newest, rule.positions) >= rule.agreement) return newest;
  }
  return undefined;
}

/** Reads the statistics of these use cases. @param ranges absent: all there are */
export async function readAgreedHours(
  { backbone, serdes }: Pick<TopicTools, "backbone" | "serdes">,
  useCases: ReadonlySet<string>,
  into = new AgreedHours(),
  ranges?: readonly OffsetRange[],
): Promise<AgreedHours> {
  const isWanted = ({ key }: { readonly key: Uint8Array | null }): boolean =>
    key !== null && useCases.has(Buffer.from(key).toString());
  for await (const { value } of readTopic(backbone, serdes, hourlyStats, { isWanted, ranges })) into.take(value);
  return into;
}
