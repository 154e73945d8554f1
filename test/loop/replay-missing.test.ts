import { describe, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprints, decisionRequests, events } from "../../schemas/index.ts";
import { createMemoryEngine } from "../../streams/index.ts";
import { ReplayError } from "../../loop/index.ts";
import { HOUR, PARCELS, published, request, START } from "../operators/parcels.ts";
import { MemoryBackbone } from "./memory-backbone.ts";
import { World, type Sent } from "./random-history.ts";

const DAY = 24 * HOUR;

/** A version with other features, which is not live. */
const withFeatures = (features: string, more = ""): string =>
  PARCELS.replace("features:\n", `features:\n${features}`).replace("context:\n", `context:\n${more}`);
const CARRIER = withFeatures("  - n_carrier_3h: { count: true, of: scan, by: carrier, in: 3h }\n");

async function open(...sent: readonly Sent[]): Promise<World> {
  const world = await new World(new MemoryBackbone(), 1).open();
  await world.publish(sent);
  return world;
}
const asked = (id: string, time: number, context: object = {}): Sent => ({
  topic: decisionRequests,
  key: id,
  value: request(id, { weight: 3, carrier: "air", depot: "north", express: true, ...context }),
  time,
});
const scanned = (time: number, attributes: object = { carrier: "air", depot: "north", minutes: 4 }): Sent => ({
  topic: events,
  key: "north",
  value: { kind: "scan", attributes },
  time,
});

/** What a replay by a version says instead of making it. */
async function refusal(world: World, text?: string, more: object = {}): Promise<readonly string[]> {
  const blueprintVersion = text === undefined ? undefined : parseBlueprint(text).version;
  if (text !== undefined) {
    const { key, value } = published(text);
    await world.publish([
      {
        topic: blueprints,
        key,
        value: { ...value, activations: [], shadowings: [], parameters: [], modes: [] },
        time: START,
      },
    ]);
  }
  const request = { useCase: "parcels", ...(blueprintVersion === undefined ? {} : { blueprintVersion }), ...more };
  const error: unknown = await world.replay({ request }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error === undefined) return [];
  expect(error).toBeInstanceOf(ReplayError);
  const [head, ...lines] = (error as ReplayError).message.split("\n");
  expect(head).toBe("features can't be computed from the records on the topics:");
  expect(lines.pop()).toMatch(/^--incomplete /);
  expect(await world.backbone.topics()).not.toContainEqual(expect.stringMatching(/^replay-/));
  return lines.map((line) => line.trim());
}

describe("a replay refuses, and says which feature and why, where", () => {
  test("no event carries the key that a new window is kept by, as those of earlier imports", async () => {
    const world = await open(asked("d", START), scanned(START - HOUR, { depot: "north", minutes: 4 }));
    expect(await refusal(world, CARRIER)).toEqual([
      expect.stringMatching(/^n_carrier_3h: none of the 1 events of kind scan carries carrier; .*import the history/),
    ]);
  });

  test("one of two keys is carried by no event", async () => {
    const both = withFeatures("  - both: { count: true, of: scan, by: [carrier, depot], in: 3h }\n");
    const world = await open(asked("d", START), scanned(START - HOUR, { depot: "north", minutes: 4 }));
    expect(await refusal(world, both)).toEqual([
      expect.stringMatching(/^both: none of the 1 .* carries carrier and depot;/),
    ]);
  });

  test("there is no event of the kind", async () => {
    const text = withFeatures("  - weighed_3h: { count: true, of: weighed, by: depot, in: 3h }\n").replace(
      "events:\n",
      "events:\n  weighed: {}\n",
    );
    const world = await open(asked("d", START), scanned(START - HOUR));
    expect(await refusal(world, text)).toEqual([
      "weighed_3h: there is no event of kind weighed on events for these decisions; import or log them",
    ]);
  });

  test("no event has a number in the field", async () => {
    const text = withFeatures("  - kilos_3h: { sum: kilos, of: scan, by: depot, in: 3h }\n").replace(
      "fields: [minutes]",
      "fields: [minutes, kilos]",
    );
    const world = await open(
      asked("d", START),
      scanned(START - HOUR),
      scanned(START - 1, { depot: "north", kilos: "many" }),
    );
    expect(await refusal(world, text)).toEqual([
      expect.stringMatching(/^kilos_3h: none of the 2 events of kind scan carries a number in kilos;/),
    ]);
  });

  test("no request carries a new entry of the context, or the key of a window", async () => {
    const text = withFeatures(
      "  - height\n  - n_box_3h: { count: true, of: scan, by: box, in: 3h }\n",
      "  height: number\n  box: key\n",
    );
    const world = await open(asked("d", START, { height: "tall" }), asked("e", START + 1), scanned(START - HOUR));
    expect(await refusal(world, text)).toEqual([
      expect.stringMatching(/^height: none of the 2 requests of parcels carries a value that fits;/),
      expect.stringMatching(/^n_box_3h: none of the 2 requests of parcels carries box;/),
    ]);
  });

  test("events of some days carry no key, and those of others do", async () => {
    const days = Array.from({ length: 10 }, (_, day) => START + day * DAY);
    const world = await open(
      ...days.map((time, day) => asked(`d${day}`, time + 20 * HOUR)),
      ...days.flatMap((time, day) =>
        Array.from({ length: 6 }, (_, n) =>
          scanned(time + n * HOUR, { depot: "north", ...(day < 4 ? {} : { carrier: "air" }) }),
        ),
      ),
    );
    const text = withFeatures("  - n_carrier_1d: { count: true, of: scan, by: carrier, in: 24h }\n");
    expect(await refusal(world, text)).toEqual([
      expect.stringMatching(
        /^n_carrier_1d: on \d days from 2023-11-\d\d to 2023-11-\d\d no event of kind scan carries carrier, on others they do;/,
      ),
      expect.stringMatching(
        /^m_depot_1h, last_depot: none of the \d+ events of kind scan carries a number in minutes;/,
      ),
    ]);
  });

  test("events are kept since a time: whole from there on", async () => {
    const scans = Array.from({ length: 48 }, (_, hour) => scanned(START + hour * HOUR));
    const world = await open(asked("early", START + 26 * HOUR), asked("late", START + 47 * HOUR), ...scans);
    world.backbone.cut(events.name, 0, 20);
    const iso = (time: number): string => new Date(time).toISOString();
    const since = START + 20 * HOUR;
    expect(await refusal(world)).toEqual([
      `last_depot: events keeps events since ${iso(since)}, so windows of 1d are complete only for decisions from ` +
        `${iso(since + DAY)} on; --from ${iso(since + DAY)} makes those`,
    ]);
    expect(await refusal(world, undefined, { from: since + DAY })).toEqual([]);
  });
});

describe("a replay goes on", () => {
  test("where events without the key are few among those that carry it", async () => {
    const scans = Array.from({ length: 20 }, (_, n) =>
      scanned(START - HOUR + n, { depot: "north", minutes: 1, ...(n % 7 === 0 ? {} : { carrier: "air" }) }),
    );
    expect(await refusal(await open(asked("d", START), ...scans), CARRIER)).toEqual([]);
  });

  test("by the version that was live, which saw no event either, and by one that adds to it what is there", async () => {
    expect(await refusal(await open(asked("d", START)))).toEqual([]);
    const text = PARCELS.replace("  - weight\n", "  - weight\n  - size\n").replace(
      "  weight: number\n",
      "  weight: number\n  size: number\n",
    );
    const unsent = { express: null, depot: null };
    expect(await refusal(await open(asked("d", START, { ...unsent, size: 3 })), text)).toEqual([]);
  });

  test("with --incomplete, and says each time what is missing", async () => {
    const world = await open(asked("d", START), scanned(START - HOUR, { depot: "north", minutes: 4 }));
    expect(await refusal(world, CARRIER)).toHaveLength(1);
    const request = { useCase: "parcels", blueprintVersion: parseBlueprint(CARRIER).version };
    for (const engine of [createMemoryEngine(), createMemoryEngine()]) {
      const { missing, decisions } = await world.replay({ request, incomplete: true }, engine);
      expect([missing, decisions]).toEqual([[expect.stringMatching(/^n_carrier_3h: /)], 1]);
    }
  });
});
