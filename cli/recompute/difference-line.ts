import type { Difference } from "../../recompute/index.ts";

/** `features m_origin_dep_1h: logged 3, recomputed 4`, and the cause if one is known. */
export function differenceLine({ kind, field, logged, recomputed, cause }: Difference): string {
  const difference = `${kind} ${field}: logged ${text(logged)}, recomputed ${text(recomputed)}`;
  return cause === null ? difference : `${difference} (${cause})`;
}

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
