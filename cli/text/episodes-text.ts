import type { ExportedEpisodes } from "../process/exports/export-episodes.ts";

/** What was written, and the figures of all steps. */
export function episodesText({ written, steps, reward, sha256, withoutKey }: ExportedEpisodes, file: string): string {
  const of = written === steps ? "" : ` of ${steps}`;
  const keyless = withoutKey === 0 ? "" : `\nno key        ${withoutKey} rows, which belong to no episode`;
  return `${written}${of} steps in ${file}\nall rewards   ${reward.toFixed(3)}\nsteps sha256  ${sha256}${keyless}`;
}
