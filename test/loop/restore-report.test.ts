import { expect, test } from "vitest";
import { restoreReport } from "../../loop/restore-report.ts";

test("a restore says how far it is every ten seconds for each task, with its speed and the rest, and when it is done", () => {
  const said: string[] = [];
  let now = 0;
  const report = restoreReport(
    (_, text) => said.push(text),
    () => now,
  );
  for (let done = 100_000; done <= 1_000_000; done += 100_000) {
    report({ task: "join-0", done, total: 1_000_000 });
    now += 4_000;
  }
  report({ task: "join-1", done: 5, total: 5 });
  expect(said).toEqual([
    "restoring join-0: 40 % of 1,000,000 records, 25,000 a second, about 24 s left",
    "restoring join-0: 70 % of 1,000,000 records, 25,000 a second, about 12 s left",
    "restored join-0: 1,000,000 records of its changelog",
    "restored join-1: 5 records of its changelog",
  ]);
});
