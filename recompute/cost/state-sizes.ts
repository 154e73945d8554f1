import { tileExpiry, type CompiledBlueprint, type WindowGroup } from "../../blueprints/index.ts";
import {
  eventWindows,
  placeOfWord,
  posteriorPart,
  posteriorStates,
  stateKey,
  tableSize,
  wholeTileKey,
  type KeptRows,
} from "../../operators/index.ts";
import { deadLetters, posteriors } from "../../schemas/index.ts";
import { ENTRY_BYTES, readRefused, readTopic, type FoldBytes } from "../../streams/index.ts";
import type { RecomputeSource, Tables } from "../source.ts";
import { viewOf } from "./kept-windows.ts";
import type { KeptState } from "./report.ts";

/** Counts entries by their keys. */
class Sizes {
  readonly #bytes = new Map<string, number>();
  entries = 0;
  bytes = 0;

  /** @param key null: of no key, but of all. */
  add(key: string | null, bytes: number, entries = 1): void {
    this.entries += entries;
    this.bytes += bytes;
    if (key !== null) this.#bytes.set(key, bytes + (this.#bytes.get(key) ?? 0));
  }

  get keys(): number {
    return this.#bytes.size;
  }

  get largest(): KeptState["largest"] {
    let largest: KeptState["largest"] = null;
    for (const [key, bytes] of this.#bytes) if (largest === null || bytes > largest.bytes) largest = { key, bytes };
    return largest;
  }

  state(name: string, place: KeptState["place"], memoryBytes: number | null): KeptState {
    const { keys, entries, bytes, largest } = this;
    return { name, place, keys, entries, bytes, memoryBytes, largest };
  }
}

const sizeOf = (key: string, value: Uint8Array): number => Buffer.byteLength(key) + value.length;

/**
 * @param from tiles that only earlier decisions need are left out, ms
 * @param isKeyed each process has a part of the keys
 */
export async function windowState(
  bytes: FoldBytes,
  group: WindowGroup,
  { from, isKeyed }: { readonly from: number; readonly isKeyed: boolean },
): Promise<KeptState> {
  const sizes = new Sizes();
  const before = `${group.stateId}|`.length;
  for await (const [at, value] of bytes.entries(group.stateId)) {
    const start = eventWindows.placeOf!(at).number;
    if (tileExpiry(group, start) < from) continue;
    const key = placeOfWord(at) === undefined ? wholeTileKey(at).slice(before + `${start}|`.length) : null;
    sizes.add(key, sizeOf(at, value));
  }
  const isOnDisk = bytes.onDisk.has(group.stateId);
  const memory = isOnDisk ? null : sizes.bytes + sizes.entries * ENTRY_BYTES;
  return sizes.state(`windows ${group.id}`, isKeyed ? "keyed" : isOnDisk ? "disk" : "memory", memory);
}

export function tableState(rows: KeptRows, table: string): KeptState {
  const sizes = new Sizes();
  const prefix = stateKey(table, "");
  for (const key of rows.keys()) {
    // The table's size lies under the empty key.
    if (!key.startsWith(prefix) || key === prefix) continue;
    sizes.add(key.slice(prefix.length), sizeOf(key, rows.get(key)!), 0);
  }
  sizes.entries = tableSize(rows, table).rows;
  return sizes.state(`table ${table}`, "memory", null);
}

/** All states of a version's posterior, as an instance of the loop folds them. */
export async function posteriorState(
  { backbone, serdes }: RecomputeSource,
  tables: Tables,
  { blueprint, posterior }: CompiledBlueprint,
): Promise<KeptState> {
  const part = posteriorPart(blueprint.useCase, posterior!.id);
  const scope = { parts: new Set([part]), since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  const content = new Map<string, Uint8Array>();
  const bytes = {
    get: (key: string) => content.get(key),
    put: (key: string, value: Uint8Array) => void content.set(key, value),
    delete: (key: string) => void content.delete(key),
    keys: () => content.keys(),
  };
  const refused = await readRefused(backbone, serdes, deadLetters, [posteriors.name]);
  for await (const record of readTopic(backbone, serdes, posteriors, { onBad: () => undefined })) {
    const { topic, partition, offset } = record.origin;
    if (!refused.has(topic, partition, offset)) posteriorStates.fold(record, bytes, viewOf(tables), scope);
  }
  const sizes = new Sizes();
  for (const [key, value] of content) {
    const { name } = posteriorStates.placeOf!(key);
    // Others count the options that there are.
    sizes.add(name, sizeOf(key, value), name === null ? 0 : 1);
  }
  return sizes.state("posterior", "memory", null);
}
