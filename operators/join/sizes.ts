import type { PendingObservation } from "./known.ts";

/** Bytes of an observation beside its texts and numbers. */
const FRAME = 24;

/** Approximate size of a kept observation, in bytes: its texts in UTF-8, its numbers, and their frame. */
export function sizeOf({
  id,
  useCase,
  optionId,
  values,
}: Pick<PendingObservation, "id" | "useCase" | "optionId" | "values">): number {
  let size = FRAME + Buffer.byteLength(id) + useCase.length + (optionId === "" ? 0 : Buffer.byteLength(optionId));
  for (const name in values) {
    const value = values[name];
    size += Buffer.byteLength(name) + (typeof value === "string" ? Buffer.byteLength(value) : 8) + 4;
  }
  return size;
}
