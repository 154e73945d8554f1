import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { deliveries, FIRST_DAY } from "../../cli/simulator/readers.ts";
import { loopstream, root, temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());
const iso = (time: number): string => new Date(time).toISOString();
const file = (name: string): string => join(dir.path, name);
const DAY = 86_400_000;
/** Days without a model, and days that judge it. */
const [DAYS, TRAINED] = [12, 9];

/** Of the tutorial's readers, so many. */
const READERS = 150;

/** The tutorial's product, as files. */
function writeFiles(): readonly string[] {
  const decisions = ["decision_id,decision_ts,reader,edition,weekend,wifi"];
  const observations: (readonly [number, string])[] = [];
  const events: (readonly [number, string])[] = [];
  for (const edition of deliveries(1, FIRST_DAY, DAYS)) {
    for (const { decisionId, reader, time, context, opened } of edition.slice(0, READERS)) {
      decisions.push([decisionId, iso(time), reader, context.edition, context.weekend, context.wifi].join(","));
      if (opened === undefined) continue;
      const { minutes } = opened;
      observations.push([opened.time, [decisionId, iso(opened.time), minutes].join(",")]);
      events.push([opened.time, [iso(opened.time), "opened", reader, context.edition, minutes].join(",")]);
    }
  }
  const inOrder = (some: (readonly [number, string])[]): readonly string[] =>
    some.sort((a, b) => a[0] - b[0]).map(([, line]) => line);
  writeFileSync(file("decisions.csv"), decisions.join("\n"));
  writeFileSync(file("observations.csv"), ["decision_id,event_ts,minutes", ...inOrder(observations)].join("\n"));
  writeFileSync(file("events.csv"), ["event_ts,kind,reader,edition,minutes", ...inOrder(events)].join("\n"));
  const files = ["decisions", "observations", "events"].flatMap((name) => [`--${name}`, file(`${name}.csv`)]);
  return [...files, "--unit", "reader"];
}

/** Of the days that the model has not seen. */
async function aucOf(blueprint: string, useCase: string, files: readonly string[]): Promise<number> {
  const at = ["--dir", file(useCase), "--json"];
  const published = await loopstream(["blueprint", "publish", blueprint, ...at]);
  expect(published.code, published.stderr).toBe(0);
  const imported = await loopstream(["import", "--use-case", useCase, ...files, ...at]);
  expect(imported.code, imported.stderr).toBe(0);
  expect(imported.json).toMatchObject({ decisions: READERS * 3 * DAYS, badLines: 0 });
  const until = ["--until", iso(FIRST_DAY + TRAINED * DAY), "--score-until", iso(FIRST_DAY + DAYS * DAY)];
  const trained = await loopstream(["train", "--use-case", useCase, "--holdout", "0", ...until, ...at]);
  return (trained.json as { readonly scored: { readonly metrics: { readonly auc: number } } }).scored.metrics.auc;
}

test("a suggested blueprint for the tutorial's product learns as much as the one by hand, with no edit", async () => {
  const files = writeFiles();
  const flags = ["--use-case", "suggested", "--label", "minutes > 0", ...files];
  const suggested = await loopstream(["blueprint", "suggest", ...flags, "--out", file("suggested.yaml"), "--json"]);
  expect(suggested.code, suggested.stderr).toBe(0);
  const again = await loopstream(["blueprint", "suggest", ...flags, "--out", file("suggested.yaml")]);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain("there is such a file");
  const [own, byHand] = await Promise.all([
    aucOf(file("suggested.yaml"), "suggested", files),
    aucOf(join(root, "examples/prefetch.yaml"), "prefetch", files),
  ]);
  expect(own).toBeGreaterThan(byHand - 0.01);
});

test("a label that the observations do not have is an error with the nearest name", async () => {
  const files = writeFiles();
  const failed = await loopstream(["blueprint", "suggest", "--use-case", "x", "--label", "minuts > 0", ...files]);
  expect(failed.code).toBe(2);
  expect(failed.stderr).toContain('--label minuts > 0: column 1: unknown name "minuts" (did you mean "minutes"?)');
});
