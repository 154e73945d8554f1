import type { exportEpisodes } from "../process/exports/export-episodes.ts";

/** What was written, and the figures of all steps. */
export function episodesText(
  { written, steps, reward, sha256 }: Awaited<ReturnType<typeof exportEpisodes>>,
  file: string,
): string {
  const of = written === steps ? "" : ` of ${steps}`;
  return `${written}${of} steps in ${file}\nall rewards   ${reward.toFixed(3)}\nsteps sha256  ${sha256}`;
}
