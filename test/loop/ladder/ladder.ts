import { expect, test } from "vitest";
import { moveModel } from "../../../catalogue/index.ts";
import type { DecisionRecorded, ModelRecorded } from "../../../schemas/index.ts";
import { byMargins, crashing, slow } from "./candidates.ts";
import { Climb } from "./climb.ts";
import type { Log } from "./rig.ts";

const statesOf = (states: ModelRecorded["states"]): readonly unknown[] =>
  states.map(({ state, share, ladder }) => [state, share, ladder]);
const byModel = (made: readonly DecisionRecorded[]) =>
  new Map(made.map(({ decisionId, modelId, predictions, value }) => [decisionId, { modelId, predictions, value }]));

/** What is promised of models on the ladder, on any backbone. */
export function ladderSuite(open: () => Promise<Log>): void {
  async function climbing(work: (climb: Climb) => Promise<void>): Promise<void> {
    const climb = await Climb.open(await open());
    try {
      await work(climb);
    } finally {
      await climb.close();
    }
  }

  test(
    "a better model climbs step by step, whenever the process ends, and a replay finds it at each decision",
    () =>
      climbing(async (climb) => {
        await climb.hour(100);
        await climb.publish("m2", byMargins("m2", -2, 2));
        expect(await climb.look()).toEqual([]);
        expect((await climb.listed()).find(({ modelId }) => modelId === "m2")).toMatchObject({
          ...{ climbs: true, next: null },
          reason: expect.stringMatching(
            /^no labelled decisions by which logLoss compares it with m1; 0 of the 150 labelled decisions in shadow that are needed$/,
          ) as string,
        });
        for (const [count, reached] of [
          [400, "m2 canary 20%"],
          [400, "m2 canary 50%"],
          [400, "m2 production"],
        ] as const) {
          await climb.hour(count);
          await climb.restart();
          // Two processes have seen the same, and one of them takes the step.
          const both = [await climb.look(), await climb.look(climb.otherWatch())];
          expect(both).toEqual([[reached], []]);
          await climb.restart();
          expect(await climb.look()).toEqual([]);
          await climb.tick(1);
        }
        const newest = await climb.hour(100);
        const states = await climb.states("m2");
        expect(statesOf(states)).toEqual([
          ["trained", null, false],
          ["shadow", null, true],
          ["canary", 0.2, true],
          ["canary", 0.5, true],
          ["production", null, true],
        ]);
        expect(states.at(-1)!.reason).toMatch(
          /^no worse than m1 by 0\.\d+: logLoss 0\.3\d+, m1 0\.4\d+, on \d+ decisions .*; cost is \d\.\d+ of \d+ units of the canary and \d\.\d+ of \d+ others; \d+ labelled decisions of its own as canary 50%$/,
        );
        expect((await climb.states("m1")).at(-1)).toMatchObject({ state: "retired", reason: "replaced by m2" });
        expect(await climb.servedBy(newest)).toEqual(["m2"]);
        const made = await climb.decisions();
        expect(byModel(await climb.replayed())).toEqual(byModel(made));
      }),
    240_000,
  );

  test(
    "one that is as good climbs too, one that the gate refused does not, and one climbs at a time",
    () =>
      climbing(async (climb) => {
        await climb.publish("refused", byMargins("refused", -1.1, 1.1), false);
        await climb.publish("equal", byMargins("equal", -1.1, 1.1));
        const later = await climb.publish("later", byMargins("later", -2, 2));
        expect(later.states.map(({ state, reason }) => [state, reason])).toEqual([
          ["trained", "on 0 rows; better on the rows held out; not on the ladder: equal is, and one climbs at a time"],
        ]);
        await climb.hour(200);
        expect(await climb.look()).toEqual(["equal canary 20%"]);
        const all = new Map((await climb.listed()).map(({ modelId, ...rest }) => [modelId, rest]));
        expect(all.get("refused")).toMatchObject({ climbs: false, next: null, state: { state: "trained" } });
        expect(all.get("refused")!.reason).toBe("on 0 rows; refused: not better");
        expect(all.get("equal")!.reason).toMatch(
          /0 of the 40 labelled decisions of its own as canary 20% that are needed$/,
        );
        // A person may take it off: it stays where it is put.
        await moveModel(climb.loop, "equal", { canary: 0.3 }, climb.now, "by hand");
        await climb.hour(400);
        expect(await climb.look()).toEqual([]);
        expect(statesOf(await climb.states("equal")).at(-1)).toEqual(["canary", 0.3, false]);
      }),
    240_000,
  );

  test(
    "one that is worse only in a guardrail is rolled back, with the figures",
    () =>
      climbing(async (climb) => {
        // Better by its predictions, and it warns of every parcel.
        await climb.publish("costly", byMargins("costly", -0.8, 2));
        await climb.hour(300);
        expect(await climb.look()).toEqual(["costly canary 20%"]);
        await climb.hour(600);
        expect(await climb.look()).toEqual(["costly withdrawn"]);
        const states = await climb.states("costly");
        expect(states.at(-1)!.reason).toMatch(
          /^rolled back from canary 20%: cost is 2\.\d+ of \d+ units of the canary and 1\.\d+ of \d+ others, and higher by 0\.\d+ is allowed$/,
        );
        await climb.tick(1);
        expect(await climb.servedBy(await climb.hour(50))).toEqual(["m1"]);
      }),
    240_000,
  );

  test(
    "one that is worse, one that crashes, one that is slow and one without traffic are taken off, and say why",
    () =>
      climbing(async (climb) => {
        await climb.publish("worse", byMargins("worse", 2, -2));
        await climb.hour(200);
        expect(await climb.look()).toEqual(["worse withdrawn"]);
        expect((await climb.states("worse")).at(-1)!.reason).toMatch(
          /^rolled back from shadow: worse than m1: logLoss [12]\.\d+, m1 0\.4\d+, on 200 decisions that neither has learnt from; the gain lies between -\d\.\d+ and -\d\.\d+$/,
        );
        await climb.tick(1);
        await climb.publish("crashing", crashing());
        expect(await climb.look()).toEqual(["crashing withdrawn"]);
        expect((await climb.states("crashing")).at(-1)!.reason).toMatch(
          /^rolled back from shadow: it can't predict decision h0-\d+: .*asked for entry 2\d of 25/,
        );
        await climb.tick(1);
        await climb.publish("broken", Buffer.from("no file of a model"));
        expect(await climb.look()).toEqual(["broken withdrawn"]);
        expect((await climb.states("broken")).at(-1)!.reason).toMatch(
          /^rolled back from shadow: it can't predict decision h0-\d+: /,
        );
        await climb.tick(1);
        // As a canary, by an input that did not come before. Its units get the product's default until then.
        await climb.hour(400, 24);
        await climb.publish("fragile", crashing("fragile"));
        await climb.hour(400, 24);
        await climb.restart();
        expect(await climb.look()).toEqual(["fragile canary 20%"]);
        await climb.tick(1);
        await climb.hour(200);
        expect(await climb.look()).toEqual(["fragile withdrawn"]);
        expect((await climb.states("fragile")).at(-1)!.reason).toMatch(
          /^rolled back from canary 20%: it can't predict decision /,
        );
        await climb.tick(1);
        await climb.publish("slow", slow());
        expect(await climb.look()).toEqual(["slow withdrawn"]);
        expect((await climb.states("slow")).at(-1)!.reason).toMatch(
          /^rolled back from shadow: it takes [\d.]+ ms a decision, the median of the newest 200, and 4 ms are allowed$/,
        );
        await climb.tick(1);
        await climb.publish("lonely", byMargins("lonely", -1.2, 1.2));
        await climb.tick(47);
        expect(await climb.look()).toEqual([]);
        await climb.tick(2);
        expect(await climb.look()).toEqual(["lonely withdrawn"]);
        expect((await climb.states("lonely")).at(-1)!.reason).toMatch(
          /^rolled back from shadow: after 2d no labelled decisions by which logLoss compares it with m1; 0 of the 150 labelled decisions in shadow that are needed$/,
        );
      }),
    240_000,
  );
}
