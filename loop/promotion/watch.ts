import type { PromotionRule } from "../../blueprints/index.ts";
import { validBlueprints, type ValidBlueprints } from "../../catalogue/index.ts";
import { hourlyStatsGraceMs } from "../../operators/index.ts";
import { hourlyStats, type Alert } from "../../schemas/index.ts";
import type { Outages, TopicTools } from "../../streams/index.ts";
import type { TrainingTools } from "../../trainer/index.ts";
import { every, type Running } from "../running.ts";
import { AgreedHours, firstReached, readAgreedHours } from "./agreed-hours.ts";
import { propose, proposedIn, readAlerts, type Apprentice } from "./propose.ts";

type Watched = Apprentice & { readonly rule: PromotionRule };

/** An hour counts once it has ended so long ago, event time in ms: its statistics are then written, on every partition that is not behind. */
const SETTLED_MS = 2 * hourlyStatsGraceMs;

/**
 * Proposes promotions as soon as they are due. What is proposed follows from `hourly-stats` and the blueprints alone: for each span of the mode
 * `apprentice` the first hour after which the newest hours reach what the blueprint asks for.
 */
export class PromotionWatch {
  readonly #tools: TopicTools & Pick<TrainingTools, "tables">;
  /** Spans of modes that are done with: proposed, here or elsewhere. */
  readonly #done = new Set<string>();
  readonly #asked = new Set<string>();
  /** The use cases whose hours are read, up to these offsets of partitions. */
  #useCases: ReadonlySet<string> = new Set();
  #hours = new AgreedHours();
  #ends = new Map<number, number>();

  constructor(tools: TopicTools & Pick<TrainingTools, "tables">) {
    this.#tools = tools;
  }

  /** @param now event time, ms. @returns the promotions that are proposed now */
  async look(now: number): Promise<readonly Alert[]> {
    const valid = validBlueprints((await this.#tools.tables()).blueprints);
    const watched = watchedAt(valid, now).filter((each) => !this.#done.has(nameOf(each)));
    await this.#leaveOutProposed(watched);
    const left = watched.filter((each) => !this.#done.has(nameOf(each)));
    if (left.length === 0) return [];
    await this.#readOn(new Set(left.map(({ useCase }) => useCase)));
    const proposed: Alert[] = [];
    for (const { rule, ...apprentice } of left) {
      const { useCase, version, since } = apprentice;
      const hours = this.#hours.of(useCase, version, since).filter(({ to }) => to + SETTLED_MS <= now);
      const reached = firstReached(hours, rule);
      if (reached === undefined) continue;
      const alert = await propose(this.#tools, apprentice, reached, rule);
      this.#done.add(nameOf(apprentice));
      if (alert !== undefined) proposed.push(alert);
    }
    return proposed;
  }

  /** Those that were proposed before, by another process too. */
  async #leaveOutProposed(watched: readonly Apprentice[]): Promise<void> {
    const unasked = watched.filter((each) => !this.#asked.has(nameOf(each)));
    if (unasked.length === 0) return;
    const table = await readAlerts(this.#tools);
    for (const each of unasked) {
      this.#asked.add(nameOf(each));
      if (proposedIn(table, each) !== undefined) this.#done.add(nameOf(each));
    }
  }

  async #readOn(useCases: ReadonlySet<string>): Promise<void> {
    const at = await this.#tools.backbone.offsets([hourlyStats.name]);
    const isShorter = at.some(({ partition, end }) => end < (this.#ends.get(partition) ?? 0));
    if (isShorter || ![...useCases].every((each) => this.#useCases.has(each))) this.#forget(useCases);
    const ranges = at
      .map(({ partition, start, end }) => ({ partition, from: this.#ends.get(partition) ?? start, to: end }))
      .filter(({ from, to }) => from < to);
    if (ranges.length === 0) return;
    try {
      await readAgreedHours(this.#tools, this.#useCases, this.#hours, ranges);
    } catch (error) {
      // A part of them is counted.
      this.#forget(useCases);
      throw error;
    }
    for (const { partition, to } of ranges) this.#ends.set(partition, to);
  }

  #forget(useCases: ReadonlySet<string>): void {
    this.#useCases = useCases;
    this.#hours = new AgreedHours();
    this.#ends = new Map();
  }
}

/** The live versions that are apprentices, and say when that may end. */
function watchedAt(valid: ValidBlueprints, now: number): readonly Watched[] {
  return valid.useCases().flatMap((useCase) => {
    const blueprint = valid.at(useCase, now)?.blueprint;
    const rule = blueprint?.learning.promote ?? null;
    if (blueprint === undefined || rule === null) return [];
    const { version } = blueprint;
    const { mode, since } = valid.modeHeld(useCase, version, now);
    return mode === "apprentice" ? [{ useCase, version, since, rule }] : [];
  });
}

const nameOf = ({ useCase, version, since }: Apprentice): string => `${useCase}/${version}@${since}`;

/** The part of a loop that the watch needs. */
export interface Promoting extends TopicTools, Pick<TrainingTools, "tables"> {
  readonly outages: Outages;
  readonly application: { now(): number };
}

/** Looks every few seconds whether a promotion is to be proposed. */
export function startPromotions(loop: Promoting, onProposed: (alert: Alert) => void, everyMs = 15_000): Running {
  const watch = new PromotionWatch(loop);
  return every(everyMs, loop.outages.of("promotions"), async () => {
    for (const alert of await watch.look(loop.application.now())) onProposed(alert);
  });
}
