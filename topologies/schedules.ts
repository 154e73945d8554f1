import { clock } from "../schemas/index.ts";
import type { TrainResult } from "../trainer/index.ts";
import { applyRetention } from "./apply-retention.ts";
import type { Loop } from "./loop.ts";

export interface Running {
  close(): Promise<void>;
}

export interface ScheduleOptions {
  readonly onTrained: (result: { readonly useCase: string; readonly reason: string; readonly outcome: string }) => void;
  readonly onError: (error: unknown) => void;
  readonly everyMs?: number;
}

/** Asks every few seconds whether a training is due, and trains; deciding goes on meanwhile. */
export function startSchedules(loop: Loop, options: ScheduleOptions): Running {
  return every(options.everyMs ?? 15_000, async () => {
    const now = Date.now();
    for (const useCase of await loop.trainer.useCases()) {
      try {
        const reason = await loop.trainer.due(useCase, now);
        if (reason === undefined) continue;
        const result = await loop.trainer.train({ useCase, until: now, publishedAt: Date.now });
        options.onTrained({ useCase, reason, outcome: outcomeOf(result) });
      } catch (error) {
        options.onError(error);
      }
    }
  });
}

function outcomeOf(result: TrainResult): string {
  return result.kind === "tooFewRows"
    ? `${result.rows} rows of ${result.needed}`
    : `${result.model.modelId}: ${result.model.states.at(-1)!.reason}`;
}

/** Once an hour: a topic that held only history may have come to the present, another blueprint may be live. */
export function startRetention(loop: Loop, onError: (error: unknown) => void, everyMs = 3_600_000): Running {
  return every(everyMs, () => applyRetention(loop).then(() => undefined, onError));
}

/** Tells the tasks how far event time has come, so that the rows of a quiet partition are made too. */
export function startTicker(loop: Loop, everyMs = 1_000): Running {
  return every(everyMs, async () => {
    const time = loop.application.now();
    await loop.publisher.publish([{ topic: clock, key: "clock", value: { time }, time, partition: 0 }]);
  });
}

function every(ms: number, work: () => Promise<void>): Running {
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = work()
      .catch(() => undefined)
      .finally(() => (busy = false));
  }, ms);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
