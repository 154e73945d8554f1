import { computationOf, groupKey, keysWithUnit, type CompiledBlueprint } from "../../blueprints/index.ts";
import type { DecisionRequested, EventRecorded } from "../../schemas/index.ts";

const DAY = 24 * 3_600_000;
/**
 * If a part of the events carries something, the probability that by chance none of a day's does must be below this.
 */
const BY_CHANCE = 1e-6;

interface Count {
  total: number;
  carrying: number;
}

/** The need of some features in the events of one kind: a key, or a field with a number. */
export interface Need {
  readonly kind: string;
  readonly features: readonly string[];
  /** In words: `carrier`, or `a number in minutes`. */
  readonly what: string;
  /** How far the features look back, ms. */
  readonly windowMs: number;
  /** The keys of the decisions; null for a field. */
  readonly by: readonly string[] | null;
  readonly carries: (attributes: EventRecorded["attributes"]) => boolean;
  /** Counts by day of event time. */
  readonly days: Map<number, Count>;
}

/** A version that makes decisions, with the findings about its features. */
export class Needs {
  readonly compiled: CompiledBlueprint;
  readonly all: readonly Need[];
  requests = 0;
  /** Times of the first and the last of its decisions, ms. */
  first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  /**
   * Features that are new against the version of the live decisions: nobody checked then whether anything was sent for
   * them.
   */
  readonly added = new Set<string>();
  readonly #live = new Set<CompiledBlueprint | undefined>();
  /** Context features that no request had a value for. */
  readonly unseen: Set<string>;
  /** Needs of keys that no request carried. */
  readonly unasked: Set<Need>;

  constructor(compiled: CompiledBlueprint) {
    this.compiled = compiled;
    this.all = needsOf(compiled);
    const { features } = compiled.blueprint;
    this.unseen = new Set(
      features.filter((feature) => computationOf(feature).from === "context").map(({ name }) => name),
    );
    this.unasked = new Set(this.all.filter(({ by }) => by !== null));
  }

  asks({ context, unit }: DecisionRequested, time: number, live: CompiledBlueprint | undefined): void {
    const { blueprint, fromContext } = this.compiled;
    this.requests++;
    if (time < this.first) this.first = time;
    if (time > this.#last) this.#last = time;
    if (!this.#live.has(live)) {
      this.#live.add(live);
      const had = new Set(live?.blueprint.features.map((feature) => JSON.stringify(feature)));
      for (const feature of blueprint.features) if (!had.has(JSON.stringify(feature))) this.added.add(feature.name);
    }
    if (this.unseen.size > 0) {
      const values = fromContext(context);
      for (const [at, { name }] of blueprint.features.entries()) if (values[at] !== null) this.unseen.delete(name);
    }
    if (this.unasked.size === 0) return;
    const keys = { ...keysWithUnit({}, unit), ...context };
    for (const need of this.unasked) if (groupKey({ by: need.by! }, keys) !== null) this.unasked.delete(need);
  }

  happened({ kind, attributes }: EventRecorded, time: number): void {
    for (const need of this.all) {
      if (need.kind !== kind || time < this.first - need.windowMs || time >= this.#last) continue;
      const day = Math.floor(time / DAY) * DAY;
      let count = need.days.get(day);
      if (count === undefined) need.days.set(day, (count = { total: 0, carrying: 0 }));
      count.total++;
      if (need.carries(attributes)) count.carrying++;
    }
  }
}

/** The fields that the windows of these groups need. */
export function needsOf({ blueprint, groups }: Pick<CompiledBlueprint, "blueprint" | "groups">): readonly Need[] {
  return groups.flatMap((group) => {
    const { event: kind, by, fields } = group;
    const named = group.windows.map((window) => ({ ...window, name: blueprint.features[window.featureIndex]!.name }));
    const need = (of: typeof named, what: string, keys: Need["by"], carries: Need["carries"]): Need => ({
      kind,
      features: of.map(({ name }) => name),
      what,
      windowMs: Math.max(...of.map(({ windowMs }) => windowMs)),
      by: keys,
      carries,
      days: new Map(),
    });
    return [
      ...(by.length === 0
        ? []
        : [need(named, by.join(" and "), by, (attributes) => groupKey(group, attributes) !== null)]),
      ...fields.map((field, at) => {
        const of = named.filter(({ fieldIndex }) => fieldIndex === at);
        return need(of, field.what, null, (attributes) => field.isCarried(attributes));
      }),
    ];
  });
}

/** The number of events, and of those that carry the need. */
export function totalOf({ days }: Need): Readonly<Count> {
  const all = { total: 0, carrying: 0 };
  for (const { total, carrying } of days.values()) {
    all.total += total;
    all.carrying += carrying;
  }
  return all;
}

/** Days, ms, without an event that carries the need although those of other days do, if chance can't explain it. */
export function holesOf(need: Need): readonly number[] {
  const days = [...need.days].sort(([a], [b]) => a - b);
  const others = days.filter(([, { carrying }]) => carrying > 0);
  const total = others.reduce((sum, [, each]) => sum + each.total, 0);
  const share = Math.min(0.999, others.reduce((sum, [, { carrying }]) => sum + carrying, 0) / total);
  return days.filter(([, day]) => day.carrying === 0 && (1 - share) ** day.total < BY_CHANCE).map(([day]) => day);
}
