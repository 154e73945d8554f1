/**
 * A bandit: headlines are tried as often as they may be the best, and the probability of each choice is on its record.
 * Run it with `node examples/bandit.ts`; bandit.out is what it prints.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLoopstream } from "loopstream";

/** How many of a hundred visitors click. The product does not know it. */
const RATES = { calm: 5, plain: 8, question: 12, number: 20, joke: 10 };
const HEADLINES = Object.keys(RATES) as (keyof typeof RATES)[];
const DAYS = 8;
const VISITORS = 150;

const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));
const loop = await openLoopstream({ dir });
await loop.publishBlueprint(await readFile(join(import.meta.dirname, "bandit.yaml"), "utf8"));

const start = Date.now() - DAYS * 60_000 - 60_000;
for (let day = 0; day < DAYS; day++) {
  const shown = new Map<string, number>();
  for (let i = 0; i < VISITORS; i++) {
    const visitor = day * VISITORS + i;
    const time = start + day * 60_000 + i;
    const request = { unit: `visitor-${visitor}`, context: { device: "phone" }, candidates: HEADLINES };
    const asked = { ...request, decisionId: `visit-${visitor}` };
    const { decisionId, value } = await loop.getDecision("headlines", asked, { time, default: "plain" });
    const headline = value as keyof typeof RATES;
    shown.set(headline, (shown.get(headline) ?? 0) + 1);
    const clicked = (visitor * 37) % 100 < RATES[headline];
    const observed = { optionId: headline, time: time + 30_000 };
    await loop.logObservations(decisionId, { kind: "seen", clicked: Number(clicked) }, observed);
  }
  // The next day's visitors see what this day's did.
  await loop.idle();
  console.log(`day ${day + 1}: ${HEADLINES.map((each) => `${each} ${shown.get(each) ?? 0}`).join(", ")}`);
}
await loop.close();
await rm(dir, { recursive: true });
