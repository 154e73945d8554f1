import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { within } from "../../streams/pause.ts";

test("work that ends in time gives its result, and leaves no timer behind", async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((what) => what === "Timeout").length;
  const before = timers();
  await expect(within(60_000, Promise.resolve("done"), () => "late")).resolves.toBe("done");
  const failing = Promise.reject(new Error("no"));
  await expect(within(60_000, failing, () => "late")).rejects.toThrow("no");
  expect(timers()).toBe(before);
});

test("late work is not waited for, and its failure disturbs nobody", async () => {
  const failsLater = delay(20).then(() => Promise.reject(new Error("too late to be heard")));
  await expect(within(1, failsLater, () => "late")).resolves.toBe("late");
  const given = within(0, new Promise(() => undefined), () => {
    throw new Error("it took too long");
  });
  await expect(given).rejects.toThrow("it took too long");
  await delay(40);
});
