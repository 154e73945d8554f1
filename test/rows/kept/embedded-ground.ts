import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { createEmbeddedBackbone } from "../../../streams/index.ts";
import { eventually } from "../../eventually.ts";
import { PARTITIONS } from "./figures.ts";
import type { Ground } from "./kept-world.ts";

const MINUTE = 60_000;

/** An embedded log whose clock is moved by hand. Rows of a partition follow each other by two minutes. */
export async function embeddedGround(): Promise<Ground> {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-kept-log-"));
  let now = Date.UTC(2027, 0, 1);
  const backbone = await createEmbeddedBackbone({ dir, now: () => now });
  return {
    ...{ backbone, registry: backbone.registry },
    async trim(topic, offset) {
      const { end } = (await backbone.offsets([topic]))[0]!;
      const retain = (): Promise<void> => backbone.retain([{ topic, retentionMs: (end - offset) * 2 * MINUTE }]);
      // What a look finds counts from the next one on.
      for (let look = 0; look < 3; look++) {
        now += 10 * MINUTE;
        await backbone.retain([{ topic, retentionMs: null }]);
        await retain();
      }
      let [before, times] = ["", 0];
      await eventually(async () => {
        const starts = (await backbone.offsets([topic])).map(({ start }) => start);
        times = starts.join() === before ? times + 1 : 0;
        before = starts.join();
        expect(Math.min(...starts)).toBeGreaterThan(offset * 0.5);
        // Records go in several writes.
        expect(times).toBeGreaterThan(4);
      });
    },
    async makeAnew(topic) {
      await backbone.remove([topic]);
      await backbone.ensureTopics([{ name: topic, partitions: PARTITIONS, cleanup: "delete" }]);
    },
    async close() {
      await backbone.close();
      await rm(dir, { recursive: true });
    },
  };
}
