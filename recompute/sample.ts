import { createHash } from "node:crypto";

const WHOLE = 2 ** 48;

/**
 * Whether a decision is in the sample: always the same decisions for a salt and share, and those of a smaller share are among those of
 * a larger one. Nobody who does not know the salt can tell which.
 *
 * @param share in (0, 1]
 */
export function sampler(salt: string, share: number): (decisionId: string) => boolean {
  if (share >= 1) return () => true;
  return (decisionId) => {
    const hash = createHash("sha256").update(`${salt}\0audit\0${decisionId}`).digest();
    return hash.readUIntBE(0, 6) < share * WHOLE;
  };
}
