import { validBlueprints } from "../catalogue/index.ts";
import { clock } from "../schemas/index.ts";
import { streamsLimits, type Outage, type Outages } from "../streams/index.ts";
import { leftOutText, treatedText } from "../rows/index.ts";
import {
  trainingDue,
  trainModel,
  weightsText,
  type TrainingTools,
  type TrainRequest,
  type TrainResult,
} from "../trainer/index.ts";
import { applyRetention } from "./apply-retention.ts";
import type { Loop } from "./loop.ts";
import { every, type Running } from "./running.ts";

export interface ScheduleOptions {
  readonly onTrained: (result: { readonly useCase: string; readonly reason: string; readonly outcome: string }) => void;
  readonly everyMs?: number;
  /** A model counts so long after its write, ms, so that all instances have read it by then. Default 0. */
  readonly leadMs?: number;
}

/** Failing trainings: the model in production stays, and each next attempt comes later. */
interface Failing {
  readonly outage: Outage;
  /** Pause before the next attempt, ms. */
  delay: number;
  /** Time of the next attempt by the monotonic clock, ms. */
  again: number;
}

/** The part of a loop that schedules need. */
export interface Scheduled {
  readonly outages: Outages;
  readonly application: Pick<Loop["application"], "now">;
  readonly trainings: Trainings;
}

/** The trainings of all use cases. */
export interface Trainings {
  useCases(): Promise<readonly string[]>;
  /** The reason why a training is due at event time `now`, ms; `undefined`: it is not due. */
  due(useCase: string, now: number): Promise<string | undefined>;
  train(request: TrainRequest): Promise<TrainResult>;
}

/** Trainings of the use cases in the catalogue. */
export const trainingsWith = (tools: TrainingTools): Trainings => ({
  useCases: async () => validBlueprints((await tools.tables()).blueprints).useCases(),
  due: (useCase, now) => trainingDue(tools, useCase, now),
  train: (request) => trainModel(tools, request),
});

/** Checks every few seconds whether a training is due, and trains. Decisions go on meanwhile. */
export function startSchedules(loop: Scheduled, { onTrained, everyMs = 15_000, leadMs = 0 }: ScheduleOptions): Running {
  const failing = new Map<string, Failing>();
  const running = every(everyMs, loop.outages.of("schedules"), async () => {
    // Uses the clock of records: a wrong clock of this machine must not date a model.
    const now = loop.application.now();
    const useCases = await loop.trainings.useCases();
    const ended = (useCase: string): void => {
      failing.get(useCase)?.outage.ended();
      failing.delete(useCase);
    };
    for (const gone of [...failing.keys()].filter((useCase) => !useCases.includes(useCase))) ended(gone);
    for (const useCase of useCases) {
      const before = failing.get(useCase);
      if (before !== undefined && performance.now() < before.again) continue;
      try {
        const reason = await loop.trainings.due(useCase, now);
        if (reason !== undefined) {
          const publishedAt = (): number => loop.application.now() + leadMs;
          const result = await loop.trainings.train({ useCase, until: now, publishedAt });
          onTrained({ useCase, reason, outcome: outcomeOf(result) });
        }
        ended(useCase);
      } catch (error) {
        const delay = Math.min(before === undefined ? everyMs : before.delay * 2, streamsLimits.trainingRetryMs);
        const outage = before?.outage ?? loop.outages.of("training");
        failing.set(useCase, { outage, delay, again: performance.now() + delay });
        outage.failed(error, { useCase });
      }
    }
  });
  return {
    async close() {
      await running.close();
      for (const { outage } of failing.values()) outage.givenUp();
    },
  };
}

function outcomeOf(result: TrainResult): string {
  const outcome =
    result.kind === "tooFewRows"
      ? `${result.rows} rows of ${result.needed}${result.label === undefined ? "" : ` with label ${result.label}`}`
      : `${result.model.modelId}: ${result.model.states.at(-1)!.reason}`;
  const weights = result.kind === "trained" && result.weights ? [`rows: ${weightsText(result.weights)}`] : [];
  return [outcome, ...weights, ...result.leftOut.map(leftOutText), ...result.treated.map(treatedText)].join("; ");
}

/** Once an hour: a topic of history may have come to the present, and another blueprint may be live. */
export function startRetention(loop: Loop, everyMs = 3_600_000): Running {
  return every(everyMs, loop.outages.of("retention"), async () => void (await applyRetention(loop)));
}

/** Tells the tasks how far event time has come, so that the rows of a quiet partition are made too. */
export function startTicker(loop: Loop, everyMs = 1_000): Running {
  return every(everyMs, loop.outages.of("ticker"), async () => {
    const time = loop.application.now();
    await loop.publisher.publish([{ topic: clock, key: "clock", value: { time }, time, partition: 0 }]);
  });
}
