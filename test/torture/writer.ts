import { setTimeout as sleep } from "node:timers/promises";
import { ensureTopic, hasCode, Serdes, type OutgoingRecord, type Producer } from "../../streams/index.ts";
import type { Place } from "../chaos/product.ts";
import { baseOf, torturedTopics } from "./bases.ts";
import { mutations, type Mutated } from "./mutations.ts";
import { PARTITIONS, type TorturePlace } from "./place.ts";

/** Every record has its number under this header. */
export const HEADER = "torture";
const BATCH = 40;

export interface Written extends Mutated {
  readonly id: number;
}

export interface Made {
  readonly written: readonly Written[];
  readonly refused: number;
}

/** Writes as strangers do: whatever is refused is left out and counted. */
export class Writer {
  readonly #place: TorturePlace;
  readonly #random: () => number;
  readonly #topic: string | undefined;
  #product: Place | undefined;
  #serdes: Serdes | undefined;
  #producer: Producer | undefined;
  #forbidden: readonly string[] = [];
  #next = 0;

  /** @param topic the only one that is written to. Absent: all of them. */
  constructor(place: TorturePlace, random: () => number, topic?: string) {
    this.#place = place;
    this.#random = random;
    this.#topic = topic;
  }

  async #open(): Promise<void> {
    if (this.#producer !== undefined) return;
    this.#product = await this.#place.open();
    const { backbone, registry } = this.#product;
    this.#serdes = new Serdes(registry);
    for (const topic of torturedTopics) await ensureTopic(topic, backbone, this.#serdes, PARTITIONS);
    this.#forbidden = (await backbone.topics()).filter((topic) => topic !== "decision-replies");
    this.#producer = await backbone.producer();
  }

  /** @param until gives up then, by the monotonic clock. */
  async write(count: number, until = Number.POSITIVE_INFINITY): Promise<Made> {
    const written: Written[] = [];
    let refused = 0;
    for (let left = count; left > 0 && performance.now() < until; left -= BATCH) {
      try {
        const batch = await this.#make(Math.min(BATCH, left));
        const sent = await this.#send(batch, until);
        written.push(...sent);
        refused += batch.length - sent.length;
      } catch {
        refused += Math.min(BATCH, left);
        await this.close();
        await sleep(200);
      }
    }
    return { written, refused };
  }

  async #make(count: number): Promise<readonly Written[]> {
    await this.#open();
    const kinds = Object.keys(mutations);
    const made: Written[] = [];
    for (let index = 0; index < count; index++) {
      const id = this.#next++;
      const base = await baseOf(id, this.#random, this.#product!.backbone, this.#serdes!, this.#topic);
      const kind = kinds[Math.floor(this.#random() * kinds.length)]!;
      const { record, fate } = mutations[kind]!(base, {
        random: this.#random,
        serdes: this.#serdes!,
        foreignIds: this.#place.foreignIds,
        forbidden: this.#forbidden,
      });
      made.push({
        id,
        kind,
        fate,
        record: { ...record, headers: { ...record.headers, [HEADER]: Buffer.from(String(id)) } },
      });
    }
    return made;
  }

  /** Together, as most are, and one by one where one of them is refused. */
  async #send(batch: readonly Written[], until: number): Promise<readonly Written[]> {
    const compressed = this.#place.sendCompressed;
    const send =
      compressed !== undefined && this.#random() < 0.3
        ? (records: readonly OutgoingRecord[]) => compressed(records, this.#random)
        : (records: readonly OutgoingRecord[]) => this.#producer!.send(records);
    try {
      await send(batch.map(({ record }) => record));
      return batch;
    } catch (error) {
      if (hasCode(error, "BACKBONE_UNAVAILABLE") || hasCode(error, "BACKBONE_GONE")) throw error;
    }
    const sent: Written[] = [];
    for (const one of batch) {
      if (performance.now() > until) break;
      try {
        await send([one.record]);
        sent.push(one);
      } catch (error) {
        // Whoever serves us has gone: the others would be refused for that.
        if (hasCode(error, "BACKBONE_UNAVAILABLE")) await this.close().then(() => this.#open());
      }
    }
    return sent;
  }

  async close(): Promise<void> {
    await this.#producer?.close().catch(() => undefined);
    await this.#product?.close().catch(() => undefined);
    this.#producer = this.#product = this.#serdes = undefined;
  }
}
