import { hash } from "node:crypto";

const WHOLE = 2 ** 48;

/**
 * Whether a decision is in the sample. For a salt and share these are always the same decisions, and a larger share
 * includes those of a smaller one. Without the salt they can't be told.
 *
 * @param share in (0, 1]
 */
export function sampler(salt: string, share: number): (decisionId: string) => boolean {
  if (share >= 1) return () => true;
  return (decisionId) => {
    return hash("sha256", `${salt}\0audit\0${decisionId}`, "buffer").readUIntBE(0, 6) < share * WHOLE;
  };
}
