import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deadLetters } from "../../../schemas/index.ts";
import {
  Application,
  createEmbeddedBackbone,
  createMemoryEngine,
  Serdes,
  type EmbeddedBackbone,
} from "../../../streams/index.ts";
import { COUNT, meeting, outcomesMet, publishBacklog } from "./meeting.ts";

let dir: string;
let backbone: EmbeddedBackbone;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-upstream-"));
  backbone = await createEmbeddedBackbone({ dir });
});
afterEach(async () => {
  await backbone.close();
  rmSync(dir, { recursive: true });
});

test("a backlog of weeks is worked off as it would have been live: what joins two topics waits for the one that is still being written", async () => {
  await publishBacklog(backbone, backbone.registry);
  await expectAllMet(COUNT);
});

test("an input that is empty here, but not read to the log's end, is waited for: what is joined with it goes no further", async () => {
  const count = 10 * COUNT;
  await publishBacklog(backbone, backbone.registry, count);
  await expectAllMet(count);
});

async function expectAllMet(count: number): Promise<void> {
  const { registry } = backbone;
  const application = new Application({
    ...{ id: "meeting", topology: meeting(), backbone, serdes: new Serdes(registry), deadLetters },
    ...{ engine: createMemoryEngine(), partitions: 4, delivery: "exactlyOnce", commitIntervalMs: 0, maxTaskIdleMs: 0 },
  });
  await application.start();
  await application.idle();
  const numbers = await outcomesMet(backbone, registry);
  expect(numbers.filter((n) => n < 0)).toEqual([]);
  expect(numbers).toHaveLength(count);
  await application.close();
}
