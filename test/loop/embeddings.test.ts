import { expect, test } from "vitest";
import { versionKey } from "../../blueprints/index.ts";
import { publishBlueprint } from "../../loop/index.ts";
import { audit } from "../../recompute/index.ts";
import { decisions, tableRows, type TableRow } from "../../schemas/index.ts";
import { prefixed, readTopic } from "../../streams/index.ts";
import { random } from "../blueprints/random.ts";
import { scorers } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const TEXT = `useCase: articles
decisionSpace: boolean
context: { query: text, article: key }
observations: { y: boolean }
tables:
  words: { key: word, fields: { meaning: vector(3), share: number } }
  articles: { key: article, fields: { title: text, taste: vector(2) } }
features:
  - asked: { embed: query, words: words, vector: meaning, share: share }
  - title: { embed: title, from: articles, by: article, words: words, vector: meaning }
  - taste: { table: articles, field: taste, by: article }
label: { name: liked, value: y, wait: 1h, default: 0 }
policy: { decide: liked > 0.5 }
training: { schedule: none, freshRows: none }
`;
const WORDS = ["sun", "sea", "sand", "snow", "ski"];
const features = async (live: LiveLoop, prefix = ""): Promise<ReadonlyMap<string, readonly unknown[]>> => {
  const found = new Map<string, readonly unknown[]>();
  for await (const { key, value } of readTopic(prefixed(live.backbone, prefix), live.loop.serdes, decisions))
    found.set(key, value.features);
  return found;
};

test("embeddings are those of the rows of their time: live, after a restart without state, in a replay and in an audit", async () => {
  const live = await openLive(START);
  const next = random(11);
  const rounded = (): number => Math.round((next() - 0.5) * 1e4) / 1e4;
  const put = async (table: string, key: string, values: TableRow["values"]): Promise<void> => {
    const value = { table, key: [key], validFrom: live.now, values };
    await live.loop.publisher.publish([
      { topic: tableRows, key: versionKey(table, [key], live.now), value, time: live.now },
    ]);
  };
  const text = (): string =>
    Array.from({ length: 1 + Math.floor(next() * 4) }, () => WORDS[Math.floor(next() * 6)] ?? "moon").join(" ");
  const lived = async (steps: number): Promise<void> => {
    for (let step = 0; step < steps; step++) {
      live.now += MINUTE;
      const vector = JSON.stringify([rounded(), rounded(), rounded()]);
      if (next() < 0.3) await put("words", WORDS[Math.floor(next() * 5)]!, { meaning: vector, share: next() / 100 });
      const title = { title: text(), taste: JSON.stringify([rounded(), rounded()]) };
      if (next() < 0.3) await put("articles", `a${Math.floor(next() * 3)}`, next() < 0.1 ? null : title);
      await live.loop.application.idle();
      live.now += 1;
      const request = {
        decisionId: `d${live.now}`,
        unit: "u",
        context: { query: text(), article: `a${Math.floor(next() * 4)}` },
      };
      await live.client.getDecision("articles", request, { timeout: 60_000 });
    }
  };
  try {
    const { version } = await publishBlueprint(live.loop, TEXT);
    await live.loop.application.idle();
    await lived(40);
    await live.restart({ wiped: true });
    await lived(30);
    const all = await features(live);
    expect(all.size).toBe(70);
    for (const at of [0, 3, 6]) {
      const values = new Set([...all.values()].map((each) => each[at]));
      expect([values.size > 15, values.has(null)]).toEqual([true, true]);
    }
    const { replay } = await live.replay({ useCase: "articles", blueprintVersion: version });
    expect(await features(live, `${replay}-`)).toEqual(all);
    const source = { backbone: live.backbone, serdes: live.loop.serdes, salt: "salt", scorers };
    const everything = { share: 1, from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
    const { differences, recomputed } = await audit(source, everything);
    expect({ differences, recomputed }).toEqual({ differences: [], recomputed: 70 });
    expect(await live.letters()).toEqual([]);
  } finally {
    await live.close();
  }
}, 240_000);
