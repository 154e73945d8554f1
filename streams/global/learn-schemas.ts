import type { Fetch } from "../backbone/backbone.ts";
import { insist, type InsistOptions } from "../insist.ts";
import type { Serdes } from "../serde/serdes.ts";

/** Schema ids that the registry is asked about side by side. */
const AT_ONCE = 16;

interface Unknown {
  readonly value: Uint8Array;
  readonly fields: { readonly topic: string; readonly partition: number; readonly offset: number };
}

/**
 * Waits until the schemas of all these records are known, as long as the registry is away. It waits before any of them
 * is applied: a fold that was applied in part could not be applied again, and records read before a table's record must
 * not come before it here.
 */
export async function learnSchemas(fetches: readonly Fetch[], serdes: Serdes, options: InsistOptions): Promise<void> {
  let unknown: Unknown[] = [];
  for (const { topic, partition, records } of fetches) {
    for (const { offset, value } of records) {
      if (value !== null && !serdes.knows(value)) unknown.push({ value, fields: { topic, partition, offset } });
    }
  }
  while (unknown.length > 0 && !options.isClosing()) {
    await Promise.all(
      unknown.slice(0, AT_ONCE).map(({ value, fields }) =>
        // Another error is the record's own fault: it shows when it is applied.
        insist(() => serdes.learn(value), { ...options, fields }).catch(() => undefined),
      ),
    );
    unknown = unknown.slice(AT_ONCE).filter(({ value }) => !serdes.knows(value));
  }
  options.outage.ended();
}
