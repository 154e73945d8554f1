import { expect, test } from "vitest";
import { cpuSeconds, machineSeconds, residentMiB } from "../../bench/decisions/measure.ts";

test.skipIf(process.platform !== "linux")("CPU seconds of a process are what it says of itself", () => {
  const started = process.cpuUsage();
  const before = cpuSeconds(process.pid);
  while (process.cpuUsage(started).user < 80_000);
  const { user, system } = process.cpuUsage(started);
  // Linux counts in hundredths.
  expect(Math.abs(cpuSeconds(process.pid) - before - (user + system) / 1e6)).toBeLessThan(0.05);
});

test.skipIf(process.platform !== "linux")("resident memory is what the process says of itself", () => {
  const { now, peak } = residentMiB(process.pid);
  expect(Math.abs(now - process.memoryUsage().rss / 2 ** 20)).toBeLessThan(32);
  expect(peak).toBeGreaterThanOrEqual(now);
});

test("what the machine's processors have done includes what this process does", () => {
  const [own, all] = [process.cpuUsage(), machineSeconds()];
  while (process.cpuUsage(own).user < 200_000);
  const { user, system } = process.cpuUsage(own);
  // The system counts in hundredths, and may be some of them behind.
  expect(machineSeconds() - all).toBeGreaterThan((user + system) / 1e6 - 0.1);
});
