/**
 * Repeatable draws by name: the same seed and name give the same number in [0, 1), whatever was drawn before. So a run
 * that begins in the middle has the same world as one from the start. FNV-1a, mixed as MurmurHash3 ends.
 */
export function draws(seed: number): (name: string) => number {
  return (name) => {
    let hash = (0x811c9dc5 ^ seed) >>> 0;
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) >>> 0;
    return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
  };
}

/** A draw from the normal distribution with mean 0 and deviation 1, of two draws (Box-Muller). */
export const normal = (draw: (name: string) => number, name: string): number =>
  Math.sqrt(-2 * Math.log(1 - draw(`${name}/radius`))) * Math.cos(2 * Math.PI * draw(`${name}/angle`));
