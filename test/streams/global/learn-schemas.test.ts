import { expect, test } from "vitest";
import type { Fetch } from "../../../streams/backbone/backbone.ts";
import { StreamsError } from "../../../streams/errors.ts";
import { learnSchemas } from "../../../streams/global/learn-schemas.ts";
import { Outages } from "../../../streams/outage.ts";
import { Pause } from "../../../streams/pause.ts";
import { createMemoryRegistry } from "../../../streams/registry/memory-registry.ts";
import { Serdes } from "../../../streams/serde/serdes.ts";

/** Records that were written with these schema ids. */
function fetchOf(ids: readonly number[]): Fetch {
  const records = ids.map((id, offset) => {
    const value = Buffer.alloc(6);
    value.writeUInt32BE(id, 1);
    return { offset, timestamp: 0, key: null, value, headers: {} };
  });
  return { topic: "models", partition: 0, records } as unknown as Fetch;
}

test("schemas that are not known are asked for side by side, each once, so that many cost little more time than one", async () => {
  const asked: number[] = [];
  let underWay = 0;
  let most = 0;
  const serdes = new Serdes({
    ...createMemoryRegistry(),
    async schema(id) {
      asked.push(id);
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
      throw new StreamsError("UNKNOWN_SCHEMA", `there is no schema with id ${id}`);
    },
  });
  const ids = Array.from({ length: 200 }, (_, index) => 900 + (index % 100));
  const options = { outage: new Outages().of("schemas"), pause: new Pause(), isClosing: () => false };
  await learnSchemas([fetchOf(ids)], serdes, options);
  expect([...asked].sort((a, b) => a - b)).toEqual([...new Set(ids)]);
  expect(most).toBe(16);
});
