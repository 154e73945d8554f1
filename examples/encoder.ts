/**
 * A choice among settings: the model is asked once for each, and the one with the best score comes with its settings.
 * Run it with `node examples/encoder.ts`; encoder.out is what it prints.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLoopstream } from "loopstream";

const SETTINGS = ["low", "middle", "high"];
const KBPS = [400, 1_500, 4_000];
/** A viewer stays longer with a sharper picture, and leaves when it stops. */
const watched = (bandwidth: number, kbps: number): number => (bandwidth < kbps ? 2 : 10 + 5 * Math.log2(kbps / 400));

const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));
const loop = await openLoopstream({ dir });
await loop.publishBlueprint(await readFile(join(import.meta.dirname, "encoder.yaml"), "utf8"));

// Half an hour ago. Before there is a model the product's own order acts: it begins with another setting each time.
const time = Date.now() - 1_800_000;
for (let i = 0; i < 300; i++) {
  const bandwidth = 300 + ((i * 37) % 60) * 100;
  const candidates = SETTINGS.map((_, at) => SETTINGS[(i + at) % 3]!);
  const request = { unit: `viewer-${i}`, context: { bandwidth, screen: i % 2 === 0 ? "phone" : "tv" }, candidates };
  const { decisionId, value, reason } = await loop.getDecision("encoder", request, { time: time + i, default: "low" });
  if (i === 0) console.log(`the first viewer: ${String(value)} (${reason})`);
  const minutes = watched(bandwidth, KBPS[SETTINGS.indexOf(String(value))]!);
  await loop.logObservations(decisionId, { minutes }, { time: time + 60_000 });
}
await loop.idle();
await loop.train("encoder");
await loop.idle();

for (const bandwidth of [350, 1_000, 2_500, 6_000]) {
  const request = { unit: "anna", context: { bandwidth, screen: "tv" } };
  const { value, payload, reason } = await loop.getDecision("encoder", request, { default: "low" });
  console.log(`${bandwidth} kbit/s: ${String(value)} ${JSON.stringify(payload)} (${reason})`);
}
await loop.close();
await rm(dir, { recursive: true });
