import { expect, test } from "vitest";
import { publishBlueprint } from "../../loop/index.ts";
import { decisions, events } from "../../schemas/index.ts";
import { eventWindows } from "../../operators/index.ts";
import { prefixed, readTopic, type FoldBytes } from "../../streams/index.ts";
import { random } from "../blueprints/random.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);
const UNITS = 7;

/** The same windows of a user: by an entry of the context, in memory, and by the unit, on disk. */
const shop = (useCase: string, by: string, more = ""): string => `useCase: ${useCase}
decisionSpace: boolean
context: { price: number, user: key }
observations: { amount: number }
events: { paid: { fields: { amount: number, shop: category } } }
features:
  - price
  - n_2h: { count: true, of: paid, by: ${by}, in: 2h }
  - m_2h: { mean: amount, of: paid, by: ${by}, in: 2h }
  - last_2d: { last: amount, of: paid, by: ${by}, in: 2d }
  - large_6h: { count: true, of: paid, by: ${by}, in: 6h, when: amount > 60 }
  - top_2d: { max: amount, of: paid, by: ${by}, in: 2d }
  - many_2d: { distinct: amount, of: paid, by: ${by}, in: 2d }
  - fresh_2d: { decayed: amount, of: paid, by: ${by}, in: 2d, halfLife: 3h }
  - shop_2d: { last: shop, of: paid, by: ${by}, in: 2d }
  - often_2d: { top: shop, of: paid, by: ${by}, in: 2d, when: amount > 60 and shop != "none" }
  - shops_6h: { distinct: shop, of: paid, by: ${by}, in: 6h }
${more}label: { name: sale, value: amount > 5, wait: 1h, default: 0 }
policy: { decide: sale > 0.5 }
training: { schedule: none, freshRows: none }
`;
const SHOPS = ["none", "north", "süd", "a|b.~c", null];
const shopOf = (next: () => number): string | null => SHOPS[Math.floor(next() * SHOPS.length)]!;
const LATER = (by: string): string => `  - s_5h: { sum: amount, of: seen, by: ${by}, in: 5h }\n`;
const withSeen = (text: string): string =>
  text.replace("shop: category } } }", "shop: category } }, seen: { fields: [amount] } }");

/** Both use cases are asked for the same user at the same times, and pay, and see things. */
async function lived(live: LiveLoop, seed: number, hours: readonly [from: number, to: number]): Promise<void> {
  const next = random(seed);
  const [from, to] = hours;
  for (let minute = from * 60; minute < to * 60; minute += 4) {
    live.now = START + minute * 60_000;
    const user = `u/${Math.floor(next() * UNITS)}`;
    if (next() < 0.4) {
      for (const useCase of ["memory", "disk"]) {
        const id = `${useCase}-${minute}`;
        const asked = { decisionId: id, unit: user, context: { price: minute, user } };
        await live.client.getDecision(useCase, asked, { timeout: 60_000 });
      }
      // One observation, which is an event with the keys of its decision.
      const seen = { kind: "paid", amount: Math.floor(next() * 900) / 7, shop: shopOf(next) };
      if (next() < 0.5) await live.client.logObservations(`memory-${minute}`, seen, { useCase: "memory" });
    } else {
      const kind = next() < 0.5 ? "paid" : "seen";
      // Some lie behind.
      const time = live.now - Math.floor(next() * 3) * HOUR;
      const value = {
        kind,
        attributes: {
          ...{ unit: user, user, amount: next() < 0.1 ? null : Math.floor(next() * 900) / 7 },
          ...(kind === "paid" ? { shop: shopOf(next) } : {}),
        },
      };
      await live.loop.publisher.publish([{ topic: events, key: `e${minute}`, value, time }]);
    }
    await live.loop.application.idle();
  }
}

type Features = ReadonlyMap<string, readonly unknown[]>;

/** By minute. */
async function featuresOf(live: LiveLoop, useCase: string, prefix = ""): Promise<Features> {
  const found = new Map<string, readonly unknown[]>();
  const at = prefixed(live.backbone, prefix);
  for await (const { key, value } of readTopic(at, live.loop.serdes, decisions)) {
    if (value.useCase === useCase) found.set(key.replace(useCase, ""), value.features);
  }
  return found;
}

const windowsIn = (live: LiveLoop): FoldBytes => live.loop.application.global(eventWindows) as FoldBytes;

test("windows by the unit, on disk, are those of the same key in memory: live, after a restart, without state, of a new version, and in a replay", async () => {
  const live = await openLive(START, 3);
  try {
    await publishBlueprint(live.loop, shop("memory", "user"));
    await publishBlueprint(live.loop, shop("disk", "unit"));
    await live.loop.application.idle();
    await lived(live, 1, [0, 8]);
    expect([...windowsIn(live).onDisk].every((part) => part.startsWith("paid/unit/"))).toBe(true);
    expect(windowsIn(live).onDisk.size).toBe(1);
    const inMemory = [...windowsIn(live).keys()];
    expect([inMemory.length > 0, inMemory.some((key) => key.startsWith("paid/unit/"))]).toEqual([true, false]);
    await live.restart();
    await lived(live, 2, [8, 12]);
    await live.restart({ wiped: true });
    await lived(live, 3, [12, 16]);
    const [memory, disk] = [
      withSeen(shop("memory", "user", LATER("user"))),
      withSeen(shop("disk", "unit", LATER("unit"))),
    ];
    const first = await publishBlueprint(live.loop, memory, live.now);
    const second = await publishBlueprint(live.loop, disk, live.now);
    live.now += 10_000;
    await lived(live, 4, [17, 22]);
    const ofDisk = await featuresOf(live, "disk");
    expect(ofDisk).toEqual(await featuresOf(live, "memory"));
    const all = [...ofDisk.values()];
    expect(all.length).toBeGreaterThan(60);
    expect(all.filter(([, n, m]) => Number(n) > 0 && m !== null).length).toBeGreaterThan(40);
    for (const [at, but] of [
      [8, null],
      [9, "none"],
    ] as const)
      expect(new Set(all.map((features) => features[at]))).toEqual(
        new Set([null, ...SHOPS.filter((shop) => shop !== null && shop !== but)]),
      );
    const [sums] = [all.filter((features) => features.length === 12 && features[11] !== null)];
    expect(sums.length).toBeGreaterThan(10);
    const replayed = async (useCase: string, version?: string): Promise<Features> => {
      const { replay } = await live.replay({
        useCase,
        ...(version === undefined ? {} : { blueprintVersion: version }),
      });
      return featuresOf(live, useCase, `${replay}-`);
    };
    expect(await replayed("disk")).toEqual(await replayed("memory"));
    const ofLater = await replayed("disk", second.version);
    expect(ofLater).toEqual(await replayed("memory", first.version));
    expect([...ofLater.values()].filter((features) => features[11] !== null).length).toBeGreaterThan(40);
    expect(await live.letters()).toEqual([]);
  } finally {
    await live.close();
  }
}, 240_000);
