import type { Blueprint } from "../../../blueprints/index.ts";
import { events } from "../../../schemas/index.ts";
import { readTopic } from "../../../streams/index.ts";
import type { Tools } from "../../loop.ts";
import { eventTypes } from "../lines/records.ts";
import { valuesOf } from "../lines/typed-cells.ts";
import type { ComparedEvent } from "./changed-events.ts";
import { eventFacts, whoOf, type LineName } from "./line-names.ts";
import type { Values } from "./said.ts";

/** An event whose numbers differ from the imported ones. */
export interface ChangedEvent {
  readonly event: ComparedEvent;
  /** Null of most events. */
  readonly values: { readonly now: Values; readonly then: Values } | null;
}

export interface ConfirmedEvents {
  readonly changed: readonly ChangedEvent[];
  /** They say the same under the types of today: a version has declared something since. */
  readonly same: ReadonlySet<LineName>;
  /** So many have other keys or texts than any that was imported of their time and kind. */
  readonly others: number;
}

interface Place {
  readonly contents: Set<bigint>;
  /** By their content beside numbers. Values are kept only if they are shown. */
  readonly byWho: Map<bigint, Values | null>;
  readonly shown: boolean;
}

/**
 * Looks events up on their topic. Their values count as today's blueprint reads them. Reads the events of that time
 * once, if there are any to look up.
 */
export async function confirmEvents(
  found: readonly ComparedEvent[],
  { backbone, serdes }: Pick<Tools, "backbone" | "serdes">,
  blueprint: Blueprint,
): Promise<ConfirmedEvents> {
  const changed: ChangedEvent[] = [];
  const same = new Set<LineName>();
  if (found.length === 0) return { changed, same, others: 0 };
  const types = eventTypes(blueprint);
  const isNumber = (name: string): boolean => types.get(name) === "field";
  const read = (attributes: Values): Values => {
    const typed = valuesOf(attributes, types, []);
    return "problem" in typed ? attributes : typed.values;
  };
  const places = new Map<bigint, Place>();
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { facts, record } of found) {
    const { place, time } = facts;
    [from, to] = [Math.min(from, time), Math.max(to, time)];
    const shown = record !== undefined || places.get(place)?.shown === true;
    places.set(place, { contents: new Set(), byWho: new Map(), shown });
  }
  const isWanted = ({ timestamp }: { readonly timestamp: number }): boolean => timestamp >= from && timestamp <= to;
  for await (const { value, time } of readTopic(backbone, serdes, events, { isWanted })) {
    const values = read(value.attributes);
    const facts = eventFacts(value.kind, time, values, isNumber);
    const place = places.get(facts.place);
    if (place === undefined) continue;
    place.contents.add(facts.content);
    place.byWho.set(whoOf(facts), place.shown ? values : null);
  }
  let others = 0;
  for (const event of found) {
    const { facts, record, name } = event;
    const { contents, byWho } = places.get(facts.place)!;
    const then = byWho.get(whoOf(facts));
    if (contents.has(facts.content)) same.add(name);
    else if (then === undefined) others += 1;
    else {
      const now = record === undefined ? null : read((record.value as { readonly attributes: Values }).attributes);
      changed.push({ event, values: now === null || then === null ? null : { now, then } });
    }
  }
  return { changed, same, others };
}
