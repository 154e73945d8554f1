import { StreamsError } from "../errors.ts";
import type { Backbone } from "./backbone.ts";
import { renamed } from "./renamed.ts";

export interface SideViewOptions {
  /** Prefix of every topic that is not named below, and of every group and transactional id. */
  readonly prefix: string;
  /** Topics that are read in place and never written or made: callers' name → real name. */
  readonly read: Readonly<Record<string, string>>;
  /** Topics that are written in place: callers' name → real name. */
  readonly write?: Readonly<Record<string, string>>;
}

/**
 * A backbone for work beside the live one: existing topics are read in place, and new records go to topics of its own.
 * A write to a topic that is only read rejects with `READ_ONLY`, and so does making a missing one.
 */
export function sideView(backbone: Backbone, options: SideViewOptions): Backbone {
  const { prefix, read, write = {} } = options;
  const outers = new Map([...Object.entries(read), ...Object.entries(write)]);
  const inners = new Map([...outers].map(([inner, outer]) => [outer, inner]));
  const refused = (topic: string, what: string): StreamsError =>
    new StreamsError("READ_ONLY", `${read[topic]} is read here, beside the live group, and is not ${what} from here`);
  return renamed(backbone, {
    outer: (topic) => outers.get(topic) ?? prefix + topic,
    inner: (outer) => inners.get(outer) ?? (outer.startsWith(prefix) ? outer.slice(prefix.length) : undefined),
    prefix,
    mayWrite(topic) {
      if (Object.hasOwn(read, topic)) throw refused(topic, "written");
    },
    mayCreate(topic) {
      if (Object.hasOwn(read, topic)) throw refused(topic, "made");
    },
  });
}
