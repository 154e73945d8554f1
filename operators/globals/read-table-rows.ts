import { blueprintTable } from "../../catalogue/index.ts";
import { deadLetters, tableRows, type BlueprintPublished } from "../../schemas/index.ts";
import {
  brokenPromise,
  CodedError,
  readRaw,
  readRefused,
  textOf,
  type Backbone,
  type Bytes,
  type GlobalView,
  type Serdes,
} from "../../streams/index.ts";
import { tableContent } from "./table-rows.ts";

/** Rows as an instance holds them. */
export type KeptRows = Bytes;

/**
 * All rows of the tables that blueprints declare, by the live loop's own fold, up to the end of the topic. Rows that the
 * loop refused are left out. It takes as much memory as an instance of the loop has for them.
 *
 * @param tables only these; absent: all
 */
export async function readTableRows(
  { backbone, serdes }: { readonly backbone: Backbone; readonly serdes: Serdes },
  blueprints: GlobalView<BlueprintPublished>,
  tables?: ReadonlySet<string>,
): Promise<KeptRows> {
  const rows = new Map<string, Uint8Array>();
  const bytes = {
    get: (key: string) => rows.get(key),
    put: (key: string, value: Uint8Array) => void rows.set(key, value),
    delete: (key: string) => void rows.delete(key),
    keys: () => rows.keys(),
  };
  if ((await backbone.partitions(tableRows.name)) === undefined) return bytes;
  const table = (of: unknown): never => {
    if (of !== blueprintTable) throw brokenPromise("the fold of rows asks for another table than the blueprints");
    return blueprints as never;
  };
  const refused = await readRefused(backbone, serdes, deadLetters, [tableRows.name]);
  const scope = tables && { parts: tables, since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  for await (const records of readRaw(backbone, tableRows.name)) {
    for (const { topic, partition, offset, key, value, timestamp: time, headers, unreadable } of records) {
      if (unreadable !== undefined || refused.has(topic, partition, offset)) continue;
      const record = { key: textOf(key), time, headers, origin: { topic, partition, offset } };
      try {
        if (value === null) {
          tableContent.takeBack!(record, bytes, table, scope);
          continue;
        }
        if (!serdes.knows(value)) await serdes.learn(value);
        tableContent.fold({ ...record, value: serdes.decode(tableRows, value) }, bytes, table, scope);
      } catch (error) {
        // The loop has buried this row too.
        if (!(error instanceof CodedError) || error.flags.retry) throw error;
      }
    }
  }
  return bytes;
}
