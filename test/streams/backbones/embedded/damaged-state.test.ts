import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import { asked, besideTheLog, check, facts, PARTITIONS, start } from "./counted.ts";
import { partitionOf } from "../../../../streams/index.ts";

const folder = mkdtempSync(join(tmpdir(), "loopstream-damaged-state-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const filesOf = (state: string, pattern: RegExp): readonly string[] =>
  readdirSync(state)
    .filter((name) => pattern.test(name))
    .map((name) => join(state, name));

const damages: readonly (readonly [string, (state: string) => void])[] = [
  ["its CURRENT is no name", (state) => writeFileSync(join(state, "CURRENT"), "nonsense\n")],
  ["its CURRENT is empty", (state) => truncateSync(join(state, "CURRENT"), 0)],
  ["its CURRENT is gone", (state) => rmSync(join(state, "CURRENT"))],
  ["its MANIFEST is cut", (state) => filesOf(state, /^MANIFEST/).forEach((path) => truncateSync(path, 60))],
  ["its MANIFEST is gone", (state) => filesOf(state, /^MANIFEST/).forEach((path) => rmSync(path))],
  ["its tables are gone", (state) => filesOf(state, /ldb$/).forEach((path) => rmSync(path))],
  [
    "its tables are cut",
    (state) => filesOf(state, /ldb$/).forEach((path) => truncateSync(path, statSync(path).size >> 1)),
  ],
  ["it is a file", (state) => (rmSync(state, { recursive: true }), writeFileSync(state, "nonsense"))],
];

let runs = 0;

test.each(
  ["globals", "count-0", "count-1"].flatMap((name) => damages.map(([what, damage]) => [name, what, damage] as const)),
)("%s are made again from the log when %s", async (name, _, damage) => {
  const dir = join(folder, String(runs++));
  const tell = async (round: number): Promise<void> => {
    const run = await start(dir, "none", undefined, besideTheLog);
    await check(run, `round ${round}, found`);
    const keys = ["a", "b", "c", "d", "e"];
    await run.publisher.publish(
      keys.flatMap((key) =>
        [asked, facts].map((topic) => ({
          topic,
          key,
          value: { n: round },
          time: 1_700_000_000_000 + round,
          partition: partitionOf(Buffer.from(key), PARTITIONS),
        })),
      ),
    );
    await check(run, `round ${round}, new`);
    await run.application.close();
    await run.backbone.close();
  };
  // Each opening makes a table of what the one before has written.
  await tell(0);
  await tell(1);
  await tell(2);
  damage(join(dir, "state", name));
  await tell(3);
  await tell(4);
});
