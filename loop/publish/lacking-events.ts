import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { events } from "../../schemas/index.ts";
import { readTopic, type TopicTools } from "../../streams/index.ts";
import { needsOf, type Need } from "../replay/needs.ts";

/** Features whose windows count none of the events that are there, since none of these carries a key or a number that they need. */
export interface LackingEvents {
  readonly features: readonly string[];
  /** The needed field, in words: `carrier`, or `a number in minutes`. */
  readonly what: string;
  readonly kind: string;
  /** Of that kind: those that the windows look back on now. If there are none, all retained ones. */
  readonly events: number;
}

/**
 * The fields that the windows of these groups need and no retained event carries. Reads the topic of events until each
 * need is met by an event that the windows look back on at a time, ms; to its end if one is not met.
 */
export async function lackingEvents(
  { backbone, serdes }: Pick<TopicTools, "backbone" | "serdes">,
  { blueprint }: Pick<CompiledBlueprint, "blueprint">,
  groups: CompiledBlueprint["groups"],
  time: number,
): Promise<readonly LackingEvents[]> {
  const looked = needsOf({ blueprint, groups }).map((need) => new Looked(need, time));
  if (looked.length === 0 || (await backbone.partitions(events.name)) === undefined) return [];
  let unmet = looked.length;
  for await (const { value, time: at } of readTopic(backbone, serdes, events, { onBad: () => undefined })) {
    for (const one of looked) {
      if (one.need.kind === value.kind && !one.isMet && one.take(at, one.need.carries(value.attributes))) unmet -= 1;
    }
    if (unmet === 0) break;
  }
  return looked.flatMap((one) => one.lacking());
}

/** For a person. */
export function lackingEventsText({ features, what, kind, events: count }: LackingEvents): string {
  return (
    `${features.join(", ")}: none of the ${count} events of kind ${kind} that are there carries ${what}; ` +
    "their windows begin empty, and fill with events that carry it. Is another name meant? To fill them from history, import it anew into a place of its own"
  );
}

class Looked {
  readonly need: Need;
  readonly #from: number;
  readonly #to: number;
  #inside = 0;
  #all = 0;
  #carrying = 0;
  isMet = false;

  constructor(need: Need, time: number) {
    this.need = need;
    this.#from = time - need.windowMs;
    this.#to = time;
  }

  /** @returns whether the need is met from now on */
  take(time: number, carries: boolean): boolean {
    const isInside = time >= this.#from && time < this.#to;
    this.#all += 1;
    if (isInside) this.#inside += 1;
    if (carries) this.#carrying += 1;
    return (this.isMet = carries && isInside);
  }

  lacking(): readonly LackingEvents[] {
    const { features, what, kind } = this.need;
    if (this.isMet || this.#all === 0 || (this.#inside === 0 && this.#carrying > 0)) return [];
    return [{ features, what, kind, events: this.#inside > 0 ? this.#inside : this.#all }];
  }
}
