import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEmbeddedBackbone } from "../../../../streams/index.ts";
import { streamsLimits } from "../../../../streams/limits.ts";
import { silent } from "../../../../streams/log.ts";
import { KnownLetters } from "../../../../streams/runtime/letters/known-letters.ts";
import { createLevelEngine } from "../../../../streams/state/level-engine.ts";
import { cutBack, writtenTo } from "../../backbones/embedded/power.ts";

const TOPIC = "dead-letters";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "loopstream-letters-"))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface Session {
  readonly known: KnownLetters;
  /** Stores a letter about each of these places, and then knows them. */
  bury(...places: readonly string[]): Promise<void>;
}

async function session(work: (session: Session) => Promise<void>): Promise<void> {
  const backbone = await createEmbeddedBackbone({ dir });
  try {
    await backbone.ensureTopics([{ name: TOPIC, partitions: 1, cleanup: "delete" }]);
    const producer = await backbone.producer();
    const engine = createLevelEngine(join(dir, "state"));
    const known = await KnownLetters.open({ backbone, engine, deadLetters: TOPIC, log: silent });
    await work({
      known,
      async bury(...places) {
        await producer.send(
          places.map((place) => ({ topic: TOPIC, partition: 0, timestamp: 1, key: Buffer.from(place), value: null })),
        );
        await known.add(places.map((place) => ({ place, content: "bad" })));
      },
    });
    await known.close();
    await producer.close();
  } finally {
    await backbone.close();
  }
}

test("the next process knows the letters about these records, and not about others at their places", async () => {
  await session(({ bury }) => bury("models/0/1", "models/0/2"));
  await session(async ({ known }) => {
    expect(known.has({ place: "models/0/1", content: "bad" })).toBe(true);
    expect(known.has({ place: "models/0/2", content: "another" })).toBe(false);
    expect(known.has({ place: "models/0/3", content: "bad" })).toBe(false);
  });
});

test("letters that a power cut took from the log are not known any more", async () => {
  let before = 0;
  await session(async ({ bury }) => {
    before = writtenTo(join(dir, "log"));
    await bury("models/0/1");
  });
  cutBack(join(dir, "log"), before);
  await session(async ({ known }) => expect(known.has({ place: "models/0/1", content: "bad" })).toBe(false));
});

test("of more than are remembered the oldest are forgotten, also by the next process", async () => {
  const places = Array.from({ length: streamsLimits.unreadablePlaces + 2 }, (_, index) => `models/0/${index}`);
  const left = (known: KnownLetters): number => places.filter((place) => known.has({ place, content: "bad" })).length;
  await session(async ({ bury, known }) => {
    await bury(...places);
    expect(left(known)).toBe(streamsLimits.unreadablePlaces);
    expect(known.has({ place: places[1]!, content: "bad" })).toBe(false);
  });
  await session(async ({ known }) => expect(left(known)).toBe(streamsLimits.unreadablePlaces));
});
