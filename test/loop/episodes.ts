import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createClient, type Client } from "../../client/index.ts";
import { compileBlueprint } from "../../blueprints/index.ts";
import { publishBlueprint, replay, startLoop, type Loop } from "../../loop/index.ts";
import { episodesOfRows, newestRows, openSpill, rowsTopic, stepsInOrder, StepsHash } from "../../rows/index.ts";
import { clock, type EpisodeStep } from "../../schemas/index.ts";
import { metricsPage, type Backbone, type SchemaRegistry } from "../../streams/index.ts";
import { eventually } from "../eventually.ts";
import { random } from "../blueprints/random.ts";

interface Log {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly prefix: string;
  readonly dir: string;
}

const NUDGES = `useCase: nudges
decisionSpace: { actions: [hold, send] }
context: { fatigue: number, session: key }
observations: { clicked: boolean, left: boolean }
features: [fatigue]
labels:
  click: { value: clicked, aggregate: any, default: 0, wait: 1s }
  gone: { value: left, aggregate: any, default: 0, wait: 1s }
reward: 1.05 * click - 0.05
episodes: { by: session, gap: 4s, length: 6, end: gone, discount: 0.95 }
policy:
  decide: if(click > 0.5, "send", "hold")
learning: { mode: loggingOnly, logging: uniform }
training: { schedule: none, freshRows: none }
join: { ttl: 60s }
`;
const compiled = compileBlueprint(NUDGES);
const SECOND = 1_000;

/** What ends, restarts and late rewards do to the steps of a live loop, and what a replay makes of them. */
export function episodesSuite(open: () => Promise<Log>): void {
  test("the steps on the topic are those of the rows, across restarts and late rewards, and of a replay's rows", async () => {
    const { backbone, registry, prefix, dir } = await open();
    const [partitions, stateDir] = [2, join(dir, "state")];
    const options = { backbone, registry, subjectPrefix: prefix, partitions, salt: "salt" };
    const start = (): Promise<Loop> =>
      startLoop({
        ...{ ...options, id: "live", stateDir, delivery: "exactlyOnce", commitIntervalMs: 0, maxTaskIdleMs: 0 },
        codeVersion: "test",
      });
    let loop = await start();
    const clients: Client[] = [];
    const draw = random(7);
    try {
      await publishBlueprint(loop, NUDGES, 0);
      const client = createClient({ backbone, registry, subjectPrefix: prefix, buffer: false });
      clients.push(client);
      const decided: string[] = [];
      const decide = async (rounds: number): Promise<void> => {
        for (let round = 0; round < rounds; round++) {
          for (const session of ["a", "b", "c", "d"]) {
            const decisionId = `${session}-${decided.length}`;
            const context = { fatigue: round, session };
            await client.getDecision("nudges", { unit: `of ${session}`, decisionId, context });
            decided.push(decisionId);
            if (draw() < 0.4)
              await client.logObservations(decisionId, { clicked: draw() < 0.5 }, { useCase: "nudges" });
            if (draw() < 0.1) await client.logObservations(decisionId, { left: true }, { useCase: "nudges" });
          }
        }
      };
      const tick = async (): Promise<void> => {
        const time = loop.application.now();
        await loop.publisher.publish([{ topic: clock, key: "clock", value: { time }, time }]);
        await loop.idle();
      };
      const onTopic = async (): Promise<readonly EpisodeStep[]> => {
        const steps: EpisodeStep[] = [];
        const room = { bytes: 1_000_000, spill: openSpill };
        for await (const step of stepsInOrder(backbone, loop.serdes, compiled, room)) steps.push(step);
        return steps;
      };
      const ofRows = async (name?: string): Promise<readonly EpisodeStep[]> =>
        episodesOfRows(compiled, await newestRows(backbone, loop.serdes, rowsTopic(compiled, name)), Date.now());
      await decide(3);
      await loop.close();
      // Its state is made again from the changelogs.
      await rm(stateDir, { recursive: true });
      loop = await start();
      await decide(5);
      await eventually(
        async () => {
          await tick();
          expect(await onTopic()).toHaveLength(decided.length);
        },
        { timeout: 30_000, interval: 500 },
      );
      await client.logObservations(decided[1]!, { clicked: true }, { useCase: "nudges" });
      await client.logObservations(decided[5]!, { left: true }, { useCase: "nudges" });
      await eventually(
        async () => {
          await tick();
          const steps = await onTopic();
          const of = (id: string): EpisodeStep | undefined => steps.find(({ decisionId }) => decisionId === id);
          expect([of(decided[1]!)!.reward, of(decided[5]!)!.terminal]).toEqual([1, true]);
          // All episodes are over.
          expect(
            steps.every(({ nextDecisionId, terminal, truncated }) => nextDecisionId !== null || terminal || truncated),
          ).toBe(true);
          expect(steps).toEqual(await ofRows());
        },
        { timeout: 30_000, interval: 500 },
      );
      const steps = await onTopic();
      expect(new Set(steps.map(({ key }) => key))).toEqual(new Set(["a", "b", "c", "d"]));
      expect(Math.max(...steps.map(({ step }) => step))).toBeLessThan(6);
      expect(new Set(steps.map(({ action }) => action))).toEqual(new Set(["hold", "send"]));
      const { text } = await metricsPage(loop.application.metrics.registry);
      expect(text).toMatch(/loopstream_records_written_total\{topic="episodes.nudges"\} [1-9]/);
      for (const topic of ["training-rows.nudges", `episode-rows.nudges.${compiled.episodes!.id}`])
        expect(text).toContain(`loopstream_lag_records{topic="${topic}",partition="0"} 0`);
      const again = await replay({
        ...{
          ...options,
          dir: join(dir, "replay"),
          commitIntervalMs: 0,
          stepMs: 3_600 * SECOND,
          latenessMs: 60 * SECOND,
        },
        request: { useCase: "nudges" },
      });
      expect(sha256Of(await ofRows(again!.rowsTopic))).toBe(sha256Of(steps));
    } finally {
      for (const client of clients) await client.close();
      await loop.close();
    }
  });
}

function sha256Of(steps: readonly EpisodeStep[]): string {
  const hash = new StepsHash(compiled);
  for (const step of steps) hash.take(step);
  return hash.end().sha256;
}
