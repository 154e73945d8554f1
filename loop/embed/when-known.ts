import { setTimeout as delay } from "node:timers/promises";
import { blueprints } from "../../schemas/index.ts";
import { whenFull } from "../instances/when-full.ts";
import type { Place } from "../start.ts";

const LOOK_EVERY_MS = 5;
/** An instance that does not know the version by then may be away: it is no longer waited for. */
const KNOWN_WITHIN_MS = 5_000;

/**
 * Resolves once the running instances have read the newest record on the topic of blueprints. Later requests are
 * answered by it.
 */
export async function whenKnown({ connection: { backbone }, tools, loop }: Place): Promise<void> {
  const signal = AbortSignal.timeout(KNOWN_WITHIN_MS);
  const end = Math.max(0, ...(await backbone.offsets([blueprints.name])).map((at) => at.end));
  if (loop === undefined || backbone.kind === "kafka") {
    await whenFull(tools, end, new Set(), { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    return;
  }
  // No other instance runs it.
  const { application } = loop;
  while (!signal.aborted && (application.globalsProgress?.next(blueprints.name, 0) ?? 0) < end)
    await delay(LOOK_EVERY_MS);
}

/** Clocks of a machine, its log and its producers are not so far apart, ms. A version that is live later is waited for by nobody. */
const SOON_MS = 2_000;

/** Resolves once event time is past `liveAfter`, ms: the version from then on is what a training or a list finds. */
export async function whenPast(now: () => number, liveAfter: number | null): Promise<void> {
  const signal = AbortSignal.timeout(SOON_MS);
  if (liveAfter === null || liveAfter > now() + SOON_MS) return;
  while (!signal.aborted && now() <= liveAfter) await delay(1);
}
