import type { ClassicLevel } from "classic-level";

type Put<K, V> = { readonly type: "put"; readonly key: K; readonly value: V };
type Del<K> = { readonly type: "del"; readonly key: K };

/**
 * One atomic write. LevelDB takes an array of operations too, and then asks for each property of each of them by its name: that takes twice the time of
 * the event loop.
 */
export async function writeChained<K, V>(
  database: ClassicLevel<K, V>,
  operations: readonly (Put<K, V> | Del<K>)[],
  options: { readonly sync?: boolean } = {},
): Promise<void> {
  const batch = database.batch();
  for (const operation of operations) {
    if (operation.type === "put") batch.put(operation.key, operation.value);
    else batch.del(operation.key);
  }
  await batch.write(options);
}
