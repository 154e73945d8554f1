import { afterEach, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { setMode } from "../../catalogue/index.ts";
import { PromotionWatch, startPromotions } from "../../loop/promotion/index.ts";
import { HOUR_MS } from "../../operators/index.ts";
import { AgreedHours, firstReached, newestAfterEach } from "../../loop/promotion/agreed-hours.ts";
import { publishBlueprint } from "../../loop/index.ts";
import { alerts, hourlyStats, models, type HourlyStats } from "../../schemas/index.ts";
import { writeArtifact } from "../../serving/index.ts";
import { newHour, toStats } from "../../operators/monitor/logic.ts";
import { random } from "../blueprints/random.ts";
import { eventually } from "../eventually.ts";
import { HOUR, inProduction, onnx, PARCELS, START } from "../operators/parcels.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

const shuffled = <T>(all: readonly T[], next: () => number): readonly T[] =>
  all
    .map((one) => [next(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);

function statsOf(hour: number, agreement: HourlyStats["agreement"], version = "v", useCase = "parcels"): HourlyStats {
  return { ...toStats(newHour(), { useCase, blueprintVersion: version, hour, partition: 0 }), agreement };
}

test.each([1, 2, 3, 4, 5])(
  "the newest hours are those of the definition, whatever the order of the records (seed %i)",
  (seed) => {
    const next = random(seed);
    const upTo = (n: number): number => Math.floor(next() * n);
    const records = Array.from({ length: 200 }, () => {
      const proposals = upTo(30);
      const agreed = upTo(proposals + 1);
      return statsOf(START + upTo(60) * HOUR, { proposals, agreed, agreedFirst: agreed });
    });
    const rule = { agreement: 0.4 + next() / 4, decisions: 1 + upTo(400), positions: "all" } as const;
    const since = START + upTo(20) * HOUR + 1;

    const totals = new Map<number, { decisions: number; agreed: number }>();
    for (const { hour, agreement } of records) {
      if (hour < since || agreement.proposals === 0) continue;
      const { decisions = 0, agreed = 0 } = totals.get(hour) ?? {};
      totals.set(hour, { decisions: decisions + agreement.proposals, agreed: agreed + agreement.agreed });
    }
    const hours = [...totals.keys()].sort((a, b) => a - b);
    const naive = hours.map((last) => {
      const sum = { decisions: 0, agreed: 0, from: last, to: last + HOUR };
      for (const hour of hours.filter((each) => each <= last).reverse()) {
        if (sum.decisions >= rule.decisions) break;
        const { decisions, agreed } = totals.get(hour)!;
        Object.assign(sum, { decisions: sum.decisions + decisions, agreed: sum.agreed + agreed, from: hour });
      }
      return sum;
    });
    const wanted = naive.find(
      ({ decisions, agreed }) => decisions >= rule.decisions && agreed / decisions >= rule.agreement,
    );

    for (let times = 0; times < 3; times++) {
      const fold = new AgreedHours();
      for (const record of shuffled(records, next)) fold.take(record);
      const found = fold.of("parcels", "v", since);
      expect([...newestAfterEach(found, rule.decisions)]).toMatchObject(naive);
      const reached = firstReached(found, rule);
      expect(reached === undefined ? undefined : { ...reached }).toEqual(
        wanted === undefined ? undefined : { ...wanted, agreedFirst: wanted.agreed },
      );
    }
  },
);

test("a ranking may be asked for its first position, and versions and use cases are apart", () => {
  const fold = new AgreedHours();
  fold.take(statsOf(START, { proposals: 10, agreed: 1, agreedFirst: 9 }));
  fold.take(statsOf(START, { proposals: 10, agreed: 10, agreedFirst: 10 }, "w"));
  fold.take(statsOf(START, { proposals: 10, agreed: 10, agreedFirst: 10 }, "v", "letters"));
  const hours = fold.of("parcels", "v", null);
  const rule = { agreement: 0.9, decisions: 10 };
  expect(firstReached(hours, { ...rule, positions: "all" })).toBeUndefined();
  expect(firstReached(hours, { ...rule, positions: "first" })).toEqual({
    ...{ decisions: 10, agreed: 1, agreedFirst: 9, from: START, to: START + HOUR_MS },
  });
});

let live: LiveLoop | undefined;
afterEach(async () => live?.close());

const TEXT = `${PARCELS}learning: { mode: apprentice, baseline: weight > 10, promote: { agreement: 0.8, decisions: 40 } }\n`;
const { useCase, version } = parseBlueprint(TEXT);

/** With a model that says late over a weight of 10, as the product's own choice does. */
async function openApprentice(text = TEXT): Promise<LiveLoop> {
  live = await openLive(START);
  const { loop, backbone } = live;
  await publishBlueprint(loop, text);
  const artifact = await writeArtifact(backbone, loop.publisher, onnx, START, {});
  const { key, value, time } = inProduction("m1", START - 1);
  const blueprintVersion = parseBlueprint(text).version;
  await loop.publisher.publish([{ topic: models, key, value: { ...value, blueprintVersion, artifact }, time }]);
  await loop.application.idle();
  return live;
}
async function ask(at: LiveLoop, weights: readonly number[]): Promise<void> {
  for (const weight of weights) {
    const context = { weight, carrier: "air", express: true, depot: "north" };
    await at.client.getDecision(useCase, { unit: `u${weight}`, context }, { default: false, time: at.now });
  }
}
/** Model and baseline say the same of them. */
const alike = Array.from({ length: 25 }, (_, i) => (i % 2 === 0 ? 2 : 20) + i / 100);

test("a promotion is proposed once, with its figures, by whichever process looks first; again only after another mode", async () => {
  const at = await openApprentice();
  const proposals = async () => (await at.all(alerts)).map(({ value }) => value);
  let watch = new PromotionWatch(at.loop);
  const look = () => watch.look(at.loop.application.now());
  await ask(at, alike);
  await at.restart();
  watch = new PromotionWatch(at.loop);
  await at.tick(START + HOUR + 5 * 60_000);
  await ask(at, alike);
  await at.tick(START + 2 * HOUR + 19 * 60_000);
  expect((await at.all(hourlyStats)).reduce((sum, { value }) => sum + value.agreement.proposals, 0)).toBe(50);
  // The second hour is not settled yet, and the first one has too few.
  expect([await look(), await proposals()]).toEqual([[], []]);

  await at.tick(START + 2 * HOUR + 20 * 60_000);
  const others = [new PromotionWatch(at.loop), new PromotionWatch(at.loop)];
  const found = await Promise.all([watch, ...others].map((each) => each.look(at.loop.application.now())));
  expect(found.flat()).toHaveLength(1);
  const [alert] = await proposals();
  expect(alert).toMatchObject({
    ...{ useCase, kind: "promotion", blueprintVersion: version, since: null, time: START + 2 * HOUR },
    figures: { decisions: 50, agreed: 50, agreedFirst: 50, agreement: 1 },
  });
  expect(alert!.message).toContain(`run: loopstream blueprint mode parcels ${version} --set online`);
  await at.restart();
  watch = new PromotionWatch(at.loop);
  expect(await look()).toEqual([]);
  expect(await proposals()).toHaveLength(1);

  // Set again without another one in between it is the same span.
  await setMode(at.loop, { useCase, version }, "apprentice", at.now);
  await at.loop.application.idle();
  await at.tick(at.now + 1);
  expect(await look()).toEqual([]);
  await setMode(at.loop, { useCase, version }, "online", at.now);
  await setMode(at.loop, { useCase, version }, "apprentice", at.now + 10);
  await at.loop.application.idle();
  await at.tick(START + 3 * HOUR);
  await ask(at, [...alike, ...alike]);
  await at.tick(START + 4 * HOUR + 20 * 60_000);
  expect(await look()).toMatchObject([{ since: START + 2 * HOUR + 20 * 60_000 + 11, time: START + 4 * HOUR }]);
  expect(await look()).toEqual([]);
  expect(await proposals()).toHaveLength(2);
}, 60_000);

test("no promotion is proposed below the share, by another mode, or of a version that is not live", async () => {
  const at = await openApprentice();
  const look = () => new PromotionWatch(at.loop).look(at.loop.application.now());
  const publish = (hour: number, agreed: number, of = version) => {
    const value = statsOf(hour, { proposals: 40, agreed, agreedFirst: agreed }, of);
    return at.loop.publisher.publish([{ topic: hourlyStats, key: useCase, value, time: hour + HOUR }]);
  };
  await publish(START - 3 * HOUR, 31);
  await publish(START - 2 * HOUR, 40, "feedfacecafe");
  await at.tick(START + HOUR);
  expect(await look()).toEqual([]);
  await setMode(at.loop, { useCase, version }, "online", at.now);
  await at.loop.application.idle();
  await publish(START - HOUR, 40);
  await at.tick(START + 2 * HOUR);
  expect(await look()).toEqual([]);
  const told: unknown[] = [];
  const running = startPromotions(at.loop, (alert) => told.push(alert), 20);
  await setMode(at.loop, { useCase, version }, "apprentice", START + 2 * HOUR);
  await publish(START + 2 * HOUR - 1, 40);
  await publish(START + 2 * HOUR, 32);
  await at.loop.application.idle();
  await at.tick(START + 4 * HOUR);
  await eventually(() => expect(told).toHaveLength(1));
  expect(told).toMatchObject([{ since: START + 2 * HOUR, figures: { agreement: 0.8 }, time: START + 3 * HOUR }]);
  await running.close();
}, 60_000);
