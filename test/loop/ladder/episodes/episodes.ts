import { expect, test } from "vitest";
import type { DecisionRecorded, ModelRecorded } from "../../../../schemas/index.ts";
import { lookup } from "../candidates.ts";
import type { Log } from "../rig.ts";
import { fileOf, Nudged, SENDS, worth, type Sends } from "./nudges.ts";

const STEPS = "decisions: 100, giveUpAfter: 2d, latency: 4ms";
const statesOf = (states: ModelRecorded["states"]): readonly unknown[] =>
  states.map(({ state, share, ladder }) => [state, share, ladder]);
const byModel = (made: readonly DecisionRecorded[]) =>
  new Map(
    made.map(({ decisionId, modelId, predictions, value, propensity }) => [
      decisionId,
      { modelId, predictions, value, propensity },
    ]),
  );

/** What is promised of models on the ladder that learnt from episodes, on any backbone. */
export function episodesLadderSuite(open: () => Promise<Log>): void {
  async function climbing(
    ladder: string,
    work: (climb: Nudged) => Promise<void>,
    production: Sends = SENDS.m1,
    more = "",
  ): Promise<void> {
    const climb = await Nudged.open(await open(), ladder, production, more);
    try {
      await work(climb);
    } finally {
      await climb.close();
    }
  }
  const reasonOf = async (climb: Nudged, modelId: string): Promise<string> =>
    (await climb.states(modelId)).at(-1)!.reason;

  test(
    "a better model climbs by what episodes return, whenever the process ends, and a replay finds it at each decision",
    () =>
      climbing(`shadow: 1000, canary: [20%, 50%], ${STEPS}`, async (climb) => {
        await climb.publish("better", fileOf("better", SENDS.better));
        expect(await climb.look()).toEqual([]);
        const [waits] = (await climb.listed()).filter(({ climbs }) => climbs);
        expect(waits!.reason).toBe(
          "no estimate by the episodes of m1 since its training: 0 whole episodes are there; 0 of the 1000 labelled decisions in shadow that are needed",
        );
        await climb.episodes(200);
        expect(await climb.look()).toEqual([]);
        expect((await climb.listed()).find(({ climbs }) => climbs)!.reason).toMatch(
          /: 200 episodes of the log say as much as \d\d\.\d of the target, 100 are needed; \d\d\d of the 1000 labelled decisions in shadow that are needed$/,
        );
        for (const reached of ["better canary 20%", "better canary 50%", "better production"]) {
          await climb.episodes(600);
          await climb.restart();
          // Two processes have seen the same, and one of them takes the step.
          expect([await climb.look(), await climb.look(climb.otherWatch())]).toEqual([[reached], []]);
          await climb.restart();
          expect(await climb.look()).toEqual([]);
          await climb.tick(1);
        }
        const newest = await climb.episodes(50);
        const states = await climb.states("better");
        expect(statesOf(states)).toEqual([
          ["trained", null, false],
          ["shadow", null, true],
          ["canary", 0.2, true],
          ["canary", 0.5, true],
          ["production", null, true],
        ]);
        const [, , estimated, returned, proved] = states.map(({ reason }) => reason);
        const figures =
          /^no worse than m1 by 0\.2\d+: an episode is worth (\S+) more, between (\S+) and (\S+), by 800 episodes of m1, which return (\S+) and say as much as [12]\d\d\.\d of its own; \d+ labelled decisions in shadow$/.exec(
            estimated!,
          );
        const [gain, low, high, production] = figures!.slice(1).map(Number);
        const truth = worth(SENDS.better) - worth(SENDS.m1);
        expect([low! < truth, truth < high!, low! < gain!, gain! < high!]).toEqual([true, true, true, true]);
        expect(Math.abs(production! - worth(SENDS.m1))).toBeLessThan(0.1);
        expect(returned).toMatch(
          /^no worse than m1 by 0\.2\d+( so far)?: an episode returns 1\.\d+ in \d+ episodes of \d+ units of the canary and (0\.9|1\.0)\d+ in \d+ of \d+ others; the difference lies between \S+ and 0\.\d+; \d+ labelled decisions of its own as canary 20%$/,
        );
        // Of those that were over before the share grew, the units that changed.
        expect(proved).toMatch(
          /^no worse than m1 by 0\.2\d+: an episode returns 1\.\d+ in \d+ episodes of \d+ units of the canary and \d\.\d+ in \d+ of \d+ others; the difference lies between \S+ and 0\.\d+; beside them are 1\d\d of no arm; \d+ labelled decisions of its own as canary 50%$/,
        );
        expect((await climb.states("m1")).at(-1)).toMatchObject({ state: "retired", reason: "replaced by better" });
        expect(await climb.servedBy(newest)).toEqual(["better"]);
        const made = await climb.decisions();
        expect(byModel(await climb.replayed())).toEqual(byModel(made));
        expect(await climb.audit()).toMatchObject({ recomputed: made.length, differing: 0 });
      }),
    240_000,
  );

  test(
    "one that is as good climbs too, and one that is worse is taken off in shadow, with the estimate",
    () =>
      climbing(
        `shadow: 1000, canary: [50%], ${STEPS}`,
        async (climb) => {
          await climb.publish("worse", fileOf("worse", SENDS.m1));
          await climb.episodes(600);
          for (let more = 0; more < 3 && (await climb.look()).length === 0; more++) await climb.episodes(600);
          const figures =
            /^rolled back from shadow: worse than m1: an episode is worth (-0\.\d+) more, between (-0\.\d+) and (-0\.\d+), by \d+ episodes of m1, which return 1\.[12]\d+ and say as much as \d+\.\d of its own$/.exec(
              await reasonOf(climb, "worse"),
            );
          const [gain, low, high] = figures!.slice(1).map(Number);
          const truth = worth(SENDS.m1) - worth(SENDS.better);
          expect([low! < truth, truth < high!, low! < gain!, gain! < high!]).toEqual([true, true, true, true]);
          await climb.tick(1);
          await climb.publish("equal", fileOf("equal", SENDS.better));
          await climb.episodes(400);
          expect(await climb.look()).toEqual(["equal canary 50%"]);
          expect(await reasonOf(climb, "equal")).toMatch(
            /an episode is worth -?0\.0\d+ more, between -0\.\d+ and 0\.\d+, by 400 episodes of m1, which return \S+ and say as much as 400\.0 of its own/,
          );
          await climb.tick(1);
          await climb.episodes(600);
          for (let more = 0; more < 3 && (await climb.look()).length === 0; more++) await climb.episodes(600);
          expect(statesOf(await climb.states("equal")).at(-1)).toEqual(["production", null, true]);
        },
        SENDS.better,
      ),
    240_000,
  );

  test(
    "one whose episodes return less is taken off as the canary, and the sentence names both returns",
    () =>
      climbing(`shadow: none, canary: [20%, 50%], ${STEPS}`, async (climb) => {
        await climb.publish("worse", fileOf("worse", SENDS.worse));
        expect(statesOf(await climb.states("worse")).at(-1)).toEqual(["canary", 0.2, true]);
        await climb.tick(1);
        await climb.episodes(100);
        expect(await climb.look()).toEqual([]);
        expect((await climb.listed()).find(({ climbs }) => climbs)!.reason).toMatch(
          /^returns of episodes are known of \d+ units of the canary and \d+ others, and 30 of each are needed; \d+ of the 100 labelled decisions of its own as canary 20% that are needed$/,
        );
        await climb.episodes(600);
        for (let more = 0; more < 3 && (await climb.look()).length === 0; more++) await climb.episodes(600);
        const reason = await reasonOf(climb, "worse");
        const figures =
          /^rolled back from canary 20%: worse than m1: an episode returns (0\.\d+) in \d+ episodes of \d+ units of the canary and (\d\.\d+) in \d+ of \d+ others; the difference lies between (-0\.\d+) and (-0\.\d+)$/.exec(
            reason,
          );
        const [ours, theirs, low, high] = figures!.slice(1).map(Number);
        const truth = worth(SENDS.worse) - worth(SENDS.m1);
        expect([low! < truth, truth < high!, ours! < theirs!]).toEqual([true, true, true]);
        await climb.tick(1);
        expect(await climb.servedBy(await climb.episodes(30))).toEqual(["m1"]);
      }),
    240_000,
  );

  test(
    "one that is resented is better by every log of another one, and is found out by its own episodes",
    () =>
      climbing(`shadow: 1000, canary: [50%], ${STEPS}`, async (climb) => {
        await climb.publish("resented", fileOf("resented", SENDS.better));
        climb.resented = "resented";
        await climb.episodes(600);
        expect(await climb.look()).toEqual(["resented canary 50%"]);
        await climb.tick(1);
        for (let more = 0; more < 4 && (await climb.look()).length === 0; more++) await climb.episodes(600);
        expect((await climb.states("resented")).map(({ reason }) => reason).slice(2)).toEqual([
          expect.stringMatching(/^no worse than m1 by .*: an episode is worth 0\.[12]\d+ more/),
          expect.stringMatching(/^rolled back from canary 50%: worse than m1: an episode returns 0\.\d+ in/),
        ]);
      }),
    240_000,
  );

  test(
    "a guardrail takes one off whose episodes return no less so far",
    () =>
      climbing(
        `shadow: none, canary: [50%], guardrails: { gone: { rise: 20% } }, ${STEPS}`,
        async (climb) => {
          await climb.publish("costly", fileOf("costly", SENDS.m1));
          await climb.tick(1);
          await climb.episodes(400);
          expect(await climb.look()).toEqual(["costly withdrawn"]);
          expect(await reasonOf(climb, "costly")).toMatch(
            /^rolled back from canary 50%: gone is 0\.1\d+ of \d+ units of the canary and 0\.0\d+ of \d+ others, and higher by 0\.0\d+ is allowed$/,
          );
        },
        SENDS.better,
      ),
    240_000,
  );

  test(
    "episodes that time ends are looked at again when it has passed, without a further row",
    () =>
      climbing(`shadow: none, canary: [50%], ${STEPS}`, async (climb) => {
        await climb.publish("better", fileOf("better", SENDS.better));
        await climb.tick(1);
        // Nobody comes again.
        await climb.episodes(600, 2);
        expect(await climb.look()).toEqual([]);
        const waits = (await climb.listed()).find(({ climbs }) => climbs)!;
        expect(waits.reason).toMatch(/^returns of episodes are known of \d units of the canary .* not over or too new/);
        await climb.tick(1);
        expect(await climb.look()).toEqual([]);
        await climb.tick(1);
        expect(await climb.look()).toEqual(["better production"]);
      }),
    240_000,
  );

  test(
    "where no model acts, the log judges in shadow, and says so",
    () =>
      climbing(
        `shadow: 1000, canary: none, ${STEPS}`,
        async (climb) => {
          await climb.publish("better", fileOf("better", SENDS.better));
          await climb.episodes(600);
          expect(await climb.look()).toEqual(["better production"]);
          expect(await reasonOf(climb, "better")).toMatch(
            /^no worse than the log by 0\.2\d+: an episode is worth 0\.\d+ more, between -?0\.\d+ and 0\.\d+, by \d+ episodes of the log, which return 0\.9\d+ and say as much as \d+\.\d of its own; \d+ labelled decisions in shadow$/,
          );
        },
        SENDS.m1,
        "learning: { mode: loggingOnly, logging: uniform }\n",
      ),
    240_000,
  );

  test(
    "one that crashes and one without traffic are taken off, and say why",
    () =>
      climbing(`shadow: 1000, canary: [20%], ${STEPS}`, async (climb) => {
        await climb.episodes(50);
        await climb.publish("crashing", fileOf("crashing", SENDS.better, lookup(Float32Array.of(1.1), 2)));
        expect(await climb.look()).toEqual(["crashing withdrawn"]);
        expect(await reasonOf(climb, "crashing")).toMatch(/^rolled back from shadow: it can't predict decision e0-/);
        await climb.tick(1);
        await climb.publish("broken", Buffer.from("no file of a model"));
        expect(await climb.look()).toEqual(["broken withdrawn"]);
        expect(await reasonOf(climb, "broken")).toMatch(/^rolled back from shadow: it can't predict decision e0-/);
        await climb.tick(1);
        await climb.publish("lonely", fileOf("lonely", SENDS.better));
        await climb.tick(47);
        expect(await climb.look()).toEqual([]);
        await climb.tick(2);
        expect(await climb.look()).toEqual(["lonely withdrawn"]);
        expect(await reasonOf(climb, "lonely")).toBe(
          "rolled back from shadow: after 2d no estimate by the episodes of m1 since its training: 0 whole episodes are there; 0 of the 1000 labelled decisions in shadow that are needed",
        );
      }),
    240_000,
  );
}
