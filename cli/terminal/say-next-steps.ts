import { validBlueprints } from "../../catalogue/index.ts";
import type { Place } from "../../loop/index.ts";
import type { Log } from "../../streams/index.ts";
import { nextSteps } from "./next-steps.ts";

/** The flags of `start` that other commands need too, to find its loop. */
export interface StartFlags {
  readonly brokers: string | undefined;
  readonly registry: string | undefined;
  readonly dir: string | undefined;
  readonly config: string | undefined;
  readonly metrics: unknown;
}

/** Tells the person who has started the loop what to try next. */
export async function sayNextSteps(log: Log, { tools }: Place, flags: StartFlags): Promise<void> {
  const known = validBlueprints((await tools.tables()).blueprints);
  const now = Date.now();
  const live = known.useCases().flatMap((useCase) => known.at(useCase, now)?.blueprint ?? []);
  const place = (["brokers", "registry", "dir", "config"] as const).flatMap((name) =>
    flags[name] === undefined ? [] : [`--${name}`, flags[name]],
  );
  for (const line of nextSteps({ live, place, metrics: flags.metrics !== undefined })) log.info({}, `next: ${line}`);
}
