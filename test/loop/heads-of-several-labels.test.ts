import { afterEach, expect, test } from "vitest";
import { publishBlueprint } from "../../loop/index.ts";
import { audit } from "../../recompute/index.ts";
import { decisions } from "../../schemas/index.ts";
import { rebuildModel, trainModel } from "../../trainer/index.ts";
import { START } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

const HEADS = 3;
const CLASSES = ["none", "some", "much"];
const textOf = (labels: string, model: string, score: string): string => `
useCase: offers
decisionSpace: { options: { size: number } }
context: { x: number }
observations: { read: number }
features: [x, size]
labels:
${labels}
model: { ${model} }
policy: { choose: { score: ${score} } }
exploration: { bootstrap: ${HEADS}, floor: 0.02 }
training: { schedule: none, freshRows: none, minRows: 50 }
`;
const interest = `  interest: { value: 'if(read > 6, "much", if(read > 2, "some", "none"))', classes: [${CLASSES.join(", ")}], wait: 10s }`;
const long = "  long: { value: read, wait: 10s, objective: quantile(0.9) }";
const usual = "  usual: { value: read, wait: 10s, objective: quantile(0.5) }";
const classScore = "interest_much + 0.5 * interest_some";
const mlp = "learner: mlp, hidden: [8], epochs: 20, learningRate: 0.01";
const ofClasses = CLASSES.map((each) => `interest_${each}`);

let live: LiveLoop;
afterEach(() => live.close());

async function decide(from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n++) {
    live.now += 1_000;
    const candidates = [1, 3, 5].map((size) => ({ optionId: `s${size}`, context: { size } }));
    const asked = { unit: `u${n}`, decisionId: `d${n}`, context: { x: (n * 7) % 10 }, candidates };
    const { value, error } = await live.client.getDecision("offers", asked, { timeout: 60_000 });
    expect(error).toBeNull();
    const read = Number(String(value).slice(1)) + ((n * 13) % 5);
    await live.client.logObservations(`d${n}`, { read }, { useCase: "offers" });
  }
  await live.tick(live.now + 60_000);
}

test.each([
  ["classes of trees", interest, "rounds: 10, depth: 2", classScore, ofClasses],
  ["classes of a network", interest, mlp, classScore, ofClasses],
  ["classes of a shared network", interest, `${mlp}, shared: true`, classScore, ofClasses],
  ["quantiles of a shared network", `${long}\n${usual}`, `${mlp}, shared: true`, "long + usual", ["long", "usual"]],
  [
    "classes and a quantile of a shared network",
    `${interest}\n${long}`,
    `${mlp}, shared: true`,
    `${classScore} + 0.1 * long`,
    [...ofClasses, "long"],
  ],
])(
  "heads of %s are predictions of each option, beliefs of a decision, and are made again",
  async (_, labels, model, score, names) => {
    live = await openLive(START);
    await publishBlueprint(live.loop, textOf(labels, model, score), START);
    await decide(0, 120);
    const trained = await trainModel(live.loop, { useCase: "offers", until: live.now });
    if (trained.kind !== "trained" || !trained.promoted) expect(trained).toMatchObject({ promoted: true });
    if (trained.kind !== "trained") return;
    expect(await rebuildModel(live.loop, trained.model)).toMatchObject({ equal: true });
    live.now += 60_000;
    await decide(120, 30);
    const by = (await live.all(decisions)).map(({ value }) => value).filter(({ modelId }) => modelId !== null);
    expect(by).toHaveLength(30);
    for (const { options, actions, beliefs, distribution } of by) {
      expect(actions).toHaveLength(3);
      expect(distribution.reduce((sum, each) => sum + each)).toBeCloseTo(1, 9);
      for (const { optionId, predictions } of options) {
        const of = (head: number): readonly number[] =>
          names.map((name) => predictions[head === 0 ? name : `${name}.head${head}`]!);
        expect(Object.keys(predictions)).toHaveLength(names.length * (1 + HEADS));
        for (let head = 0; head <= HEADS; head++) {
          expect(of(head).every(Number.isFinite)).toBe(true);
          const [none, some, much] = of(head);
          if (names[0] === ofClasses[0]) expect(none! + some! + much!).toBeCloseTo(1, 5);
        }
        // A head's score is the policy's, of that head's predictions alone.
        for (let head = 1; head <= HEADS; head++) {
          const values = of(head);
          const last = names.length === 4 ? 0.1 * values[3]! : 0;
          const expected = names.length === 2 ? values[0]! + values[1]! : values[2]! + 0.5 * values[1]! + last;
          expect(beliefs[actions.indexOf(optionId)]![head - 1]).toBeCloseTo(expected, 5);
        }
      }
    }
    expect(new Set(by.flatMap(({ beliefs }) => beliefs.flat())).size).toBeGreaterThan(HEADS);
    const source = {
      ...{ backbone: live.backbone, serdes: live.loop.serdes, salt: "salt" },
      scorers: (made: Parameters<typeof live.loop.scorers.get>[0]) => live.loop.scorers.get(made),
    };
    expect(await audit(source, { share: 1, from: 0, to: Number.MAX_SAFE_INTEGER })).toMatchObject({
      ...{ sampled: 150, recomputed: 150, differing: 0 },
    });
  },
  120_000,
);
