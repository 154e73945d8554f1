import { expect, test } from "vitest";
import { moveModel } from "../../../../catalogue/index.ts";
import type { DecisionRecorded, ModelRecorded } from "../../../../schemas/index.ts";
import { byMargins, crashing } from "../candidates.ts";
import { Climb, TEXT } from "../climb.ts";
import type { Log } from "../rig.ts";

/** One step before production, and a watch behind it. */
const WATCHED = `${TEXT.slice(0, TEXT.indexOf("ladder:"))}ladder: { shadow: 100, canary: none, watch: 300, giveUpAfter: 2d, latency: 1m }\n`;
const statesOf = (states: ModelRecorded["states"]): readonly unknown[] =>
  states.map(({ state, ladder }) => [state, ladder]);
const byModel = (made: readonly DecisionRecorded[]) =>
  new Map(made.map(({ decisionId, modelId, predictions, value }) => [decisionId, { modelId, predictions, value }]));
const CLIMBED = [
  ["trained", false],
  ["shadow", true],
  ["production", true],
];

/** What is promised of models behind the last step of the ladder, on any backbone. */
export function watchedSuite(open: () => Promise<Log>): void {
  /** @param work after `m2`, which is surer than `m1`, came into production */
  async function watching(work: (climb: Climb) => Promise<void>, onnx = byMargins("m2", -2, 2)): Promise<void> {
    const climb = await Climb.open(await open(), WATCHED);
    try {
      await climb.publish("m2", onnx);
      await climb.hour(400, 24);
      expect(await climb.look()).toEqual(["m2 production"]);
      expect((await climb.states("m1")).at(-1)).toMatchObject({ state: "retired", reason: "replaced by m2" });
      await climb.tick(1);
      await work(climb);
    } finally {
      await climb.close();
    }
  }
  const listed = async (climb: Climb, modelId: string) =>
    (await climb.listed()).find((model) => model.modelId === modelId);

  test(
    "one that becomes worse is rolled back to the model before, whenever the process ends, and a replay finds both",
    () =>
      watching(async (climb) => {
        await climb.hour(40);
        expect(await climb.look()).toEqual([]);
        expect(await listed(climb, "m2")).toMatchObject({ climbs: false, watched: true, next: null });
        expect((await listed(climb, "m2"))!.reason).toMatch(
          /^watched for 40 of 300 labelled decisions: not proved worse than m1: logLoss 0\.\d+, m1 0\.\d+, on 40 labelled decisions since it is in production; the gain lies between -?0\.\d+ and 0\.\d+$/,
        );
        // The weight says nothing any more: who is sure is wrong.
        climb.late = [0.5, 0.5];
        await climb.hour(60);
        await climb.restart();
        await climb.hour(150);
        expect(await listed(climb, "m2")).toMatchObject({ watched: true, next: "withdrawn" });
        await climb.restart();
        // Two processes have seen the same, and one of them rolls back.
        const both = [await climb.look(), await climb.look(climb.otherWatch())];
        expect(both).toEqual([["m2 withdrawn"], []]);
        const states = await climb.states("m2");
        expect(statesOf(states)).toEqual([...CLIMBED, ["withdrawn", true]]);
        expect(states.at(-1)!.reason).toMatch(
          /^rolled back from production: worse than m1: logLoss \d\.\d+, m1 0\.\d+, on 250 labelled decisions since it is in production; the gain lies between -\d\.\d+ and -\d\.\d+$/,
        );
        expect((await climb.states("m1")).at(-1)).toMatchObject({
          ...{ state: "production", ladder: true, time: states.at(-1)!.time },
          reason: "in the place of m2, which was rolled back",
        });
        await climb.restart();
        expect(await climb.look()).toEqual([]);
        await climb.tick(1);
        expect(await climb.servedBy(await climb.hour(50))).toEqual(["m1"]);
        expect(await climb.look()).toEqual([]);
        const made = await climb.decisions();
        expect(new Set(made.map(({ modelId }) => modelId))).toEqual(new Set(["m1", "m2"]));
        expect(byModel(await climb.replayed())).toEqual(byModel(made));
      }),
    240_000,
  );

  test(
    "one that is as good stays, and is watched no more; what comes later than the watch does not count",
    () =>
      watching(
        async (climb) => {
          await climb.hour(200);
          expect(await climb.look()).toEqual([]);
          await climb.restart();
          await climb.hour(100);
          climb.late = [0.88, 0.12];
          // So many decisions that go wrong, before anybody looks again: the watch is over by then.
          await climb.hour(300);
          expect(await climb.look()).toEqual(["m2 production"]);
          const states = await climb.states("m2");
          expect(statesOf(states)).toEqual([...CLIMBED, ["production", true]]);
          expect(states.at(-1)!.reason).toMatch(
            /^no longer watched: not proved worse than m1: logLoss 0\.\d+, m1 0\.\d+, on 300 labelled decisions since it is in production; the gain lies between -?0\.\d+ and 0\.\d+$/,
          );
          await climb.tick(1);
          await climb.hour(300);
          await climb.restart();
          expect(await climb.look()).toEqual([]);
          expect(await listed(climb, "m2")).toMatchObject({ watched: false, next: null });
          expect((await climb.states("m1")).at(-1)).toMatchObject({ state: "retired" });
        },
        byMargins("m2", -1.15, 1.15),
      ),
    240_000,
  );

  test(
    "a person's move ends the watch, and so does the time",
    () =>
      watching(async (climb) => {
        climb.late = [0.88, 0.12];
        await climb.hour(250);
        expect(await listed(climb, "m2")).toMatchObject({ watched: true, next: "withdrawn" });
        await moveModel(climb.loop, "m2", "production", climb.now, "I know");
        await climb.tick(1);
        expect(await climb.look()).toEqual([]);
        expect(await listed(climb, "m2")).toMatchObject({ watched: false, reason: "I know" });
        climb.late = [0.12, 0.88];
        await climb.publish("m3", byMargins("m3", -2.1, 2.1));
        await climb.hour(200);
        expect(await climb.look()).toEqual(["m3 production"]);
        await climb.tick(48);
        expect(await climb.look()).toEqual([]);
        await climb.tick(1);
        expect(await climb.look()).toEqual(["m3 production"]);
        expect((await climb.states("m3")).at(-1)!.reason).toBe(
          "no longer watched after 2d: not proved worse than m2: no labelled decisions by which logLoss compares it with m2",
        );
      }),
    240_000,
  );

  test(
    "one that fails an input which came never before is rolled back at the next look",
    () =>
      watching(async (climb) => {
        await climb.hour(100, 24);
        expect(await climb.look()).toEqual([]);
        await climb.hour(100);
        expect(await climb.look()).toEqual(["m2 withdrawn"]);
        expect((await climb.states("m2")).at(-1)!.reason).toMatch(
          /^rolled back from production: it can't predict decision h\d+-\d+, which m1 can: .*asked for entry 2\d of 25/,
        );
        await climb.tick(1);
        expect(await climb.servedBy(await climb.hour(50))).toEqual(["m1"]);
      }, crashing("m2")),
    240_000,
  );
}
