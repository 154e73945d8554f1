/**
 * How often the 95 % intervals of `blueprint estimate` hold the value that the version then really has:
 * `npm run coverage:estimate -- RUNS FIRST_SEED`. A run takes a second or two.
 */
import { World } from "./world.ts";

const [runs = 200, first = 1] = process.argv.slice(2).map(Number);
const [learnt, judged] = [900, 700];
const names = ["IPS", "SNIPS", "DR"] as const;
const inside = new Map<string, number>(names.map((name) => [name, 0]));
const errors = new Map<string, number>(names.map((name) => [name, 0]));
let counted = 0;
for (let run = 0; run < runs; run++) {
  const world = await World.open(first + run, learnt + judged);
  try {
    const estimate = await world.estimate(learnt, learnt + judged);
    const truth = await world.truth(estimate!.model.modelId, 1_000_000 + first + run);
    counted++;
    for (const name of names) {
      const { value, interval } = estimate!.estimates![name]!;
      if (interval[0] <= truth && truth <= interval[1]) inside.set(name, inside.get(name)! + 1);
      errors.set(name, errors.get(name)! + value - truth);
    }
  } catch (error) {
    console.log(`run ${first + run}: ${(error as Error).message}`);
  } finally {
    await world.close();
  }
  if ((run + 1) % 20 === 0 || run + 1 === runs) {
    const told = names.map(
      (name) =>
        `${name} ${((100 * inside.get(name)!) / counted).toFixed(1)} % (mean error ${(errors.get(name)! / counted).toFixed(5)})`,
    );
    console.log(`${counted} of ${run + 1} runs estimated; the interval holds the true value: ${told.join(", ")}`);
  }
}
