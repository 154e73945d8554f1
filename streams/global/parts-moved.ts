import { silent } from "../log.ts";
import type { GlobalFeedOptions } from "./feed-options.ts";

/** Says and counts that a part had no room in memory. */
export function partsMoved(options: Pick<GlobalFeedOptions, "log" | "metrics" | "foldBytes">) {
  const { log = silent, metrics, foldBytes = Number.POSITIVE_INFINITY } = options;
  return (part: string, bytes: number): void => {
    metrics?.movedParts.inc();
    log.warn(
      { part, bytes, foldBytes },
      `part ${part} takes ${mib(bytes)} of the ${mib(foldBytes)} that event windows have in memory: it is on disk alone ` +
        "from now on, with the same values; reads of it take longer. Give them more by state.windowsMiB, or write state: disk",
    );
  };
}

const mib = (bytes: number): string => `${Math.ceil(bytes / (1 << 20))} MiB`;
