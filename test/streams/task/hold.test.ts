import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { StreamsError } from "../../../streams/errors.ts";
import { Hold } from "../../../streams/task/hold.ts";
import { DomainError } from "../../../schemas/index.ts";
import type { CodedError } from "../../../streams/index.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const PATIENCE_MS = 60_000;

/** Whether a record is given up after ten times the patience with it, while brokers and registry answer. */
async function isGivenUp(error: CodedError): Promise<boolean> {
  const hold = new Hold({ recordPatienceMs: PATIENCE_MS, isReachable: async () => true });
  for (let waited = 0; waited < 10 * PATIENCE_MS; waited += 1_000) {
    hold.on("seen/0@1", error, {});
    await vi.advanceTimersByTimeAsync(1_000);
  }
  return hold.isHopeless("seen/0@1");
}

test("a record that waits for windows which are being filled is never given up", async () => {
  expect(await isGivenUp(new DomainError("WARMING", "being filled"))).toBe(false);
});

test("a record whose handling needs what is away is given up after its patience", async () => {
  expect(await isGivenUp(new StreamsError("REGISTRY_UNAVAILABLE", "no answer"))).toBe(true);
});
