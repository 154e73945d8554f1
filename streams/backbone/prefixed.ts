import type { Backbone } from "./backbone.ts";
import { renamed } from "./renamed.ts";

/**
 * A backbone whose topics, groups and transactional ids all begin with a prefix: several applications, or several runs of one,
 * on the same brokers. Callers see the bare names.
 */
export function prefixed(backbone: Backbone, prefix: string): Backbone {
  return renamed(backbone, {
    outer: (topic) => prefix + topic,
    inner: (outer) => (outer.startsWith(prefix) ? outer.slice(prefix.length) : undefined),
    prefix,
  });
}
