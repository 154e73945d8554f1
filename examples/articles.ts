/**
 * Articles: texts, reference tables and lists as features. Run it with `node examples/articles.ts`; articles.out is what
 * it prints.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLoopstream } from "loopstream";

const HOUR = 3_600_000;
const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));
const loop = await openLoopstream({ dir });
await loop.publishBlueprint(await readFile(join(import.meta.dirname, "articles.yaml"), "utf8"));
const now = Date.now();

// Word vectors usually come from a file, with `loopstream tables import words FILE`. These four numbers are: ball, stars,
// pans, and how glad the word sounds.
const words: Readonly<Record<string, readonly [vector: readonly number[], share: number]>> = {
  the: [[0.1, 0.1, 0.1, 0], 0.05],
  cup: [[0.9, 0, 0.3, 0.2], 0.0002],
  goal: [[1, 0, 0, 0.5], 0.0003],
  planet: [[0, 1, 0, 0], 0.0001],
  comet: [[0, 0.9, 0, 0.3], 0.00002],
  soup: [[0, 0, 1, 0.3], 0.0001],
  won: [[0.4, 0, 0, 1], 0.0004],
  burnt: [[0, 0.1, 0.5, -1], 0.0001],
};
const articles = {
  a1: { section: "sport", words: 400, title: "The goal that won the cup" },
  a2: { section: "science", words: 900, title: "A comet, a planet" },
  a3: { section: "cooking", words: 300, title: "Burnt soup?" },
};
const validFrom = now - 40 * 24 * HOUR;
for (const [word, [meaning, share]] of Object.entries(words)) {
  await loop.tables.put({ table: "words", key: [word], values: { meaning, share }, validFrom });
}
for (const [article, values] of Object.entries(articles))
  await loop.tables.put({ table: "articles", key: [article], values, validFrom });
await loop.idle();

// Half an hour ago readers were shown articles. Those who like a section opened what is in it.
const sections = ["sport", "science", "cooking"];
for (let i = 0; i < 600; i++) {
  const [article, values] = Object.entries(articles)[i % 3]!;
  const likes = sections[Math.floor(i / 3) % 3]!;
  const time = now - HOUR / 2 + i;
  const asked = {
    unit: `reader-${i}`,
    decisionId: `d-${i}`,
    context: { article, interests: JSON.stringify([likes]), query: "" },
  };
  await loop.getDecision("articles", asked, { time, default: false, timeout: 10_000 });
  if (values.section === likes) await loop.logObservations(`d-${i}`, { kind: "opened" }, { time: time + 60_000 });
}
await loop.idle();
const trained = await loop.train("articles");
console.log(`model: ${trained.kind}`);
await loop.idle();

// Two readers: one likes science, and has read of it; the other has read this article already.
const read = (unit: string, article: keyof typeof articles, seconds: number): Promise<unknown> =>
  loop.logEvent(
    "read",
    { unit, article, seconds, section: articles[article].section },
    { time: now - HOUR, timeout: 10_000 },
  );
await read("dora", "a2", 90);
await read("emil", "a1", 200);
await loop.idle();
const ask = async (unit: string, article: string, likes: readonly string[]): Promise<void> => {
  const request = { unit, context: { article, interests: JSON.stringify(likes), query: "the comet" } };
  const { value, reason } = await loop.getDecision("articles", request, { default: false, timeout: 10_000 });
  console.log(`${unit}, ${article}: ${value ? "show" : "don't"} (${reason})`);
};
await ask("fay", "a2", ["science"]);
await ask("fay", "a3", ["science"]);
await ask("dora", "a2", ["science"]); // Read already.
await ask("emil", "a3", ["cooking", "sport"]);
await ask("emil", "a9", ["cooking"]); // Nobody has described this one.

await loop.close();
await rm(dir, { recursive: true });
