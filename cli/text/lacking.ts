import type { LackingVersion } from "../files/index.ts";
import { stderrLine } from "../terminal/status-line.ts";

const MOST_VERSIONS = 20;
const MOST_NAMES = 10;

/** Says on stderr, by version, which features its decisions have no values of. */
export function tellLacking(lacking: readonly LackingVersion[]): void {
  for (const { version, decisions, features } of lacking.slice(0, MOST_VERSIONS)) {
    const more = features.length - MOST_NAMES;
    const names = `${features.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
    const count = `${decisions} ${decisions === 1 ? "decision" : "decisions"}`;
    stderrLine.write(`loopstream: ${count} of version ${version}: no ${names} there, or of another type`);
  }
  const more = lacking.length - MOST_VERSIONS;
  if (more > 0) stderrLine.write(`loopstream: and so for ${more} more versions`);
}
