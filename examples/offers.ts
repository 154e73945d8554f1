/**
 * A bandit that knows for whom: linear Thompson sampling, learnt row by row. The share of visitors that get the offer they like
 * best grows with every round. Run it with `node examples/offers.ts`; offers.out is what it prints.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { openLoopstream } from "loopstream";

/** How likely a click is. The product does not know it. */
const LIKED = {
  coffee: (morning: boolean, hungry: number): number => (morning ? 0.6 : 0.2) - 0.1 * hungry,
  soup: (morning: boolean, hungry: number): number => (morning ? 0 : 0.1) + 0.6 * hungry,
  cake: (_morning: boolean, hungry: number): number => 0.25 + 0.1 * hungry,
};
type Offer = keyof typeof LIKED;
const OFFERS = Object.keys(LIKED) as Offer[];
const ROUNDS = 7;
const VISITORS = 40;

/** The same numbers each time, below 1. */
const draw = (n: number): number => (n * 0.6180339887498949) % 1;

const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));
const loop = await openLoopstream({ dir });
await loop.publishBlueprint(await readFile(join(import.meta.dirname, "offers.yaml"), "utf8"));

for (let round = 0; round < ROUNDS; round++) {
  let [best, clicks] = [0, 0];
  for (let i = 0; i < VISITORS; i++) {
    const visitor = round * VISITORS + i;
    const [morning, hungry] = [draw(visitor * 7) < 0.5, draw(visitor * 3 + 1)];
    const asked = { decisionId: `visit-${visitor}`, unit: `visitor-${visitor}`, context: { morning, hungry } };
    const { decisionId, value } = await loop.getDecision("offers", asked, { default: "cake" });
    const chances = OFFERS.map((offer) => LIKED[offer](morning, hungry));
    const clicked = draw(visitor * 11 + 5) < LIKED[value as Offer](morning, hungry);
    await loop.logObservations(decisionId, { clicked }, { useCase: "offers" });
    if (LIKED[value as Offer](morning, hungry) === Math.max(...chances)) best++;
    if (clicked) clicks++;
  }
  // Their labels are waited for, and the next round is decided by what this one's visitors did.
  await setTimeout(2_100);
  await loop.idle();
  console.log(`round ${round + 1}: ${best} of ${VISITORS} got the best offer for them, ${clicks} clicked`);
}
await loop.close();
await rm(dir, { recursive: true });
