import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { Feed } from "../../loop/history/feed.ts";
import { recordsOf } from "../../loop/history/lines/history-step.ts";
import { readHistory } from "../../loop/history/lines/read-history.ts";
import { decisions, events } from "../../schemas/index.ts";
import { prefixed, readTopic } from "../../streams/index.ts";
import { publishBlueprint, storeBlueprint } from "../../loop/index.ts";
import { random } from "../blueprints/random.ts";
import { HOUR, PARCELS, START } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";
import { fileTables } from "../../cli/files/index.ts";

/** What the first version knows: a scan by its depot. */
const FIRST = PARCELS.replace("observations:\n", "observations:\n  kilos: number\n");
const first = parseBlueprint(FIRST);
/** Looks at another entry of the context, and at a kind that no version named before. */
const LATER = FIRST.replace("events:\n", "events:\n  weighed: { fields: [kilos] }\n").replace(
  "features:\n",
  `features:
  - n_carrier_3h: { count: true, of: scan, by: carrier, in: 3h }
  - s_both_6h: { sum: kilos, of: weighed, by: [carrier, depot], in: 6h }
`,
);
const later = parseBlueprint(LATER);

interface Asked {
  readonly id: string;
  readonly time: number;
  readonly weight: number;
  readonly carrier: string | null;
  readonly depot: string;
}
interface Seen {
  readonly of: Asked;
  readonly time: number;
  readonly kind: string | null;
  readonly minutes: number;
  readonly kilos: number;
}

/** A day of decisions and what was observed of them within their TTL, all times different. */
function history(seed: number): { readonly asked: readonly Asked[]; readonly seen: readonly Seen[] } {
  const next = random(seed);
  const pick = <T>(...items: readonly T[]): T => items[Math.floor(next() * items.length)]!;
  let ms = 0;
  const at = (from: number, to: number): number =>
    START + Math.floor((from + next() * (to - from)) / 1_000) * 1_000 + ms++;
  const asked = Array.from({ length: 60 }, (_, n): Asked => {
    const time = at(0, 24 * HOUR);
    return {
      id: `d${n}`,
      time,
      weight: n % 30,
      carrier: pick("air", "road", "sea", null),
      depot: pick("north", "south/1"),
    };
  });
  const seen = asked.flatMap((of) =>
    Array.from({ length: Math.floor(next() * 4) }, (): Seen => {
      const time = at(of.time - START, of.time - START + 5 * HOUR);
      return {
        of,
        time,
        kind: pick("scan", "weighed", "arrival", null),
        minutes: Math.floor(next() * 60),
        kilos: next() * 9,
      };
    }),
  );
  const byTime = (a: { readonly time: number }, b: { readonly time: number }): number => a.time - b.time;
  return { asked: asked.sort(byTime), seen: seen.sort(byTime) };
}

const { asked, seen } = history(7);
const END = START + 10 * 24 * HOUR;

/** The later version's two windows, from the history alone. */
function expected({ time, carrier, depot }: Asked): readonly (number | null)[] {
  const within = (kind: string, ms: number, isOf: (of: Asked) => boolean): readonly Seen[] =>
    seen.filter((one) => one.kind === kind && one.time >= time - ms && one.time < time && isOf(one.of));
  if (carrier === null) return [null, null];
  const weighed = within("weighed", 6 * HOUR, (of) => of.carrier === carrier && of.depot === depot);
  const kilos = weighed.reduce((sum, one) => sum + one.kilos, 0);
  return [within("scan", 3 * HOUR, (of) => of.carrier === carrier).length, kilos];
}

const iso = (time: number): string => new Date(time).toISOString();

async function imported(live: LiveLoop): Promise<void> {
  const files = { decisions: join(live.dir, "d.csv"), observations: join(live.dir, "o.csv") };
  const cells = asked.map(({ id, time, weight, carrier, depot }) => [id, iso(time), weight, carrier, depot].join(","));
  writeFileSync(files.decisions, ["id,at,weight,carrier,depot", ...cells, ""].join("\n"));
  const lines = seen.map(({ of, time, kind, minutes, kilos }) => [of.id, iso(time), kind, minutes, kilos].join(","));
  writeFileSync(files.observations, ["id,at,kind,minutes,kilos", ...lines, ""].join("\n"));
  const feed = await Feed.open(live.loop, { groupId: "import", source: "import", stepMs: HOUR, replies: false });
  const columns = { decisionId: "id", decisionTime: "at", observationTime: "at" };
  for await (const step of readHistory(fileTables(files), columns, first, { stepMs: HOUR })) {
    expect(step.bad).toEqual([]);
    const { until, requests, outcomes } = step;
    await feed.publish({ until, requests: recordsOf(requests), outcomes: recordsOf(outcomes) });
    await live.loop.application.idle();
  }
  await feed.close();
}

async function lived(live: LiveLoop): Promise<void> {
  for (const one of [...asked, ...seen].sort((a, b) => a.time - b.time)) {
    live.now = one.time;
    if ("id" in one) {
      const { id, weight, carrier, depot } = one;
      const context = { weight, carrier, depot };
      await live.client.getDecision("parcels", { decisionId: id, unit: id, context }, { timeout: 60_000 });
    } else {
      const { of, kind, minutes, kilos } = one;
      const stored = await live.client.logObservations(of.id, { kind, minutes, kilos }, { useCase: "parcels" });
      expect(stored.ok).toBe(true);
    }
    await live.loop.application.idle();
  }
  live.now = END;
}

type Features = ReadonlyMap<string, readonly unknown[]>;

async function featuresOf(live: LiveLoop, prefix: string): Promise<Features> {
  const found = new Map<string, readonly unknown[]>();
  const at = prefixed(live.backbone, prefix);
  for await (const { key, value } of readTopic(at, live.loop.serdes, decisions)) found.set(key, value.features);
  return found;
}

async function replayed(live: LiveLoop): Promise<Features> {
  await storeBlueprint(live.loop, LATER);
  const { replay } = await live.replay({ useCase: "parcels", blueprintVersion: later.version });
  return featuresOf(live, `${replay}-`);
}

describe("events of observations", () => {
  const runs: { features: Features; replayed: Features; events: readonly string[]; letters: number }[] = [];

  beforeAll(async () => {
    for (const feed of [imported, lived]) {
      const live = await openLive(feed === imported ? END : START);
      try {
        await publishBlueprint(live.loop, FIRST);
        await live.loop.application.idle();
        await feed(live);
        const features = await featuresOf(live, "");
        const made = await replayed(live);
        const all = await live.all(events);
        const texts = all.map(({ key, value: { kind, attributes }, time }) => {
          const named = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
          return `${key} ${time} ${kind} ${JSON.stringify(named)}`;
        });
        runs.push({ features, replayed: made, events: texts.sort(), letters: (await live.letters()).length });
      } finally {
        await live.close();
      }
    }
  }, 900_000);

  test("are the same, each once, whether a product observes or a file is imported", () => {
    const [fromFiles, live] = runs;
    expect(fromFiles!.events).toHaveLength(seen.filter(({ kind }) => kind !== null).length);
    expect(live!.events).toEqual(fromFiles!.events);
    expect(live!.features).toEqual(fromFiles!.features);
    expect([fromFiles!.letters, live!.letters]).toEqual([0, 0]);
    expect([...live!.features.values()].filter(([, , , mean]) => mean !== null).length).toBeGreaterThan(10);
  });

  test.each([0, 1])("give a later version's windows by another key, of another kind, their history (%i)", (run) => {
    const made = runs[run]!.replayed;
    expect(made.size).toBe(asked.length);
    let counted = 0;
    for (const one of asked) {
      const [count, kilos] = made.get(one.id)!;
      const [expectedCount, expectedKilos] = expected(one);
      expect(count, one.id).toBe(expectedCount);
      if (typeof expectedKilos !== "number") expect(kilos, one.id).toBeNull();
      else expect(kilos, one.id).toBeCloseTo(expectedKilos, 9);
      if (typeof count === "number" && count > 0 && typeof kilos === "number" && kilos > 0) counted++;
    }
    expect(counted).toBeGreaterThan(3);
  });
});
