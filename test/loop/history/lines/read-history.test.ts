import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseBlueprint } from "../../../../blueprints/index.ts";
import { recordsOf, type BadLine } from "../../../../loop/history/lines/history-step.ts";
import { readHistory } from "../../../../loop/history/lines/read-history.ts";
import { newDir } from "../../../streams/backbones/local/new-dir.ts";
import { fileTables } from "../../../../cli/files/index.ts";

const blueprint = parseBlueprint(`
useCase: shop
decisionSpace: boolean
context: { page: category }
features: [page]
observations: { amount: number, note: category }
label: { name: sale, value: amount > 5, wait: 10s, default: 0 }
policy: { decide: sale > 0.5 }
`);

test("a line whose record would be over a limit is a bad line, and the lines beside it are read", async () => {
  const { path: dir, remove } = await newDir();
  const files = { decisions: join(dir, "d.csv"), observations: join(dir, "o.csv") };
  const long = "x".repeat(300_000);
  writeFileSync(
    files.decisions,
    `id,time,page\na,2024-01-01T00:00:00Z,home\n${"b".repeat(600)},2024-01-01T00:00:01Z,home\nc,2024-01-01T00:00:02Z,${long}\nd,2024-01-01T00:00:03Z,cart\n`,
  );
  writeFileSync(files.observations, `id,at,note\na,2024-01-01T00:00:04Z,${long}\nd,2024-01-01T00:00:05Z,fine\n`);
  const columns = { decisionId: "id", decisionTime: "time", observationTime: "at" };
  const ids: unknown[] = [];
  const bad: BadLine[] = [];
  for await (const step of readHistory(fileTables(files), columns, blueprint, { stepMs: 60_000 })) {
    for (const { value } of recordsOf([...step.requests, ...step.outcomes]))
      ids.push((value as { decisionId: string }).decisionId);
    bad.push(...step.bad);
  }
  expect(ids).toEqual(["a", "d", "d"]);
  expect(bad.map(({ file, line, problem }) => [file, line, problem])).toEqual([
    [files.decisions, 3, "decisionId has 600 bytes; at most 512 are taken"],
    [files.decisions, 4, "context.page has 300000 bytes; at most 262144 are taken"],
    [files.observations, 2, "values.note has 300000 bytes; at most 262144 are taken"],
  ]);
  await remove();
});
