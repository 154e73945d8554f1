import type { Fetch } from "../backbone/backbone.ts";
import { insist, type InsistOptions } from "../insist.ts";
import type { Serdes } from "../serde/serdes.ts";

/**
 * Waits until the schemas of all these records are known, as long as the registry is away. Before any of them is applied: a fold that was applied in part could
 * not be applied again, and what is read before a table's record must not come before it here.
 */
export async function learnSchemas(fetches: readonly Fetch[], serdes: Serdes, options: InsistOptions): Promise<void> {
  for (const { topic, partition, records } of fetches) {
    for (const { offset, value } of records) {
      if (value === null || serdes.knows(value)) continue;
      const fields = { topic, partition, offset };
      // Another error is the record's own fault: it shows when it is applied.
      await insist(() => serdes.learn(value), { ...options, fields }).catch(() => undefined);
    }
  }
  options.outage.ended();
}
