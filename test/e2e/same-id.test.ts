import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { deadLetters, decisionRequests, decisions, type DecisionRecorded } from "../../schemas/index.ts";
import { createEmbeddedBackbone, partitionOf, readTopic, Serdes } from "../../streams/index.ts";
import { loopstream, temporaryDir } from "./command.ts";

const BLUEPRINT = `
useCase: shop
decisionSpace: boolean
context: { price: number }
features: [price]
observations: { amount: number }
label: { name: sale, value: amount > 5, wait: 1h, default: 0 }
policy: { decide: sale > 0.5 }
join: { ttl: 2h }
training: { minRows: 10, schedule: none, freshRows: none }
`;
const IDS = 20;
const dirs: ReturnType<typeof temporaryDir>[] = [];
afterAll(() => dirs.forEach((dir) => dir.remove()));

/** Each id is asked for by one visitor, and twenty minutes later by another, as when a visitor signs in: in a file of its own, since a file has an id once. */
const linesOf = (who: string, from: number): string =>
  Array.from({ length: IDS }, (_, id) => {
    const minute = String(from + id).padStart(2, "0");
    return `same${id},2026-01-01T00:${minute}:00.000Z,${from + id},${who}${id}`;
  }).join("\n");

/** What an import with so many partitions leaves. */
async function imported(partitions: number) {
  const dir = temporaryDir();
  dirs.push(dir);
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir.path, name), text);
    return join(dir.path, name);
  };
  const at = ["--dir", join(dir.path, "log"), "--partitions", String(partitions)];
  await loopstream(["blueprint", "publish", file("shop.yaml", BLUEPRINT), ...at]);
  const imports = async (decisionsFile: string, ...flags: readonly string[]): Promise<void> => {
    const files = ["--decisions", decisionsFile, "--observations", observations];
    const asked = ["import", "--use-case", "shop", "--unit", "who", ...files, ...flags, ...at];
    const { code, stderr } = await loopstream(asked);
    expect(code, stderr).toBe(0);
  };
  const observations = file("o.csv", "decision_id,event_ts,amount\n");
  const head = "decision_id,decision_ts,price,who";
  await imports(file("anon.csv", `${head}\n${linesOf("anon", 0)}\n`), "--no-run");
  await imports(file("user.csv", `${head}\n${linesOf("user", IDS)}\n`));
  const rows = await loopstream(["rows", "--use-case", "shop", ...at]);
  const backbone = await createEmbeddedBackbone({ dir: join(dir.path, "log") });
  const serdes = new Serdes(backbone.registry);
  const made: DecisionRecorded[] = [];
  for await (const { value } of readTopic(backbone, serdes, decisions)) made.push(value);
  const letters: string[] = [];
  for await (const { value } of readTopic(backbone, serdes, deadLetters))
    letters.push(`${value.code} ${value.message}`);
  for await (const { value, origin } of readTopic(backbone, serdes, decisionRequests)) {
    expect(origin.partition).toBe(partitionOf(Buffer.from(value.decisionId), partitions));
  }
  await backbone.close();
  return { made, letters, rows: rows.stdout.trimEnd().split("\n").sort() };
}

test(
  "one id under two units is one decision, one row and a dead letter, for any number of partitions",
  { timeout: 900_000 },
  async () => {
    const one = await imported(1);
    expect(one.made).toHaveLength(IDS);
    for (const { unit } of one.made) expect(unit).toMatch(/^anon/);
    expect(one.rows).toHaveLength(IDS + 1);
    expect(one.letters).toHaveLength(IDS);
    for (const letter of one.letters)
      expect(letter).toMatch(/^DECISION_ID_REUSED decision (same\d+) .*"anon\d+".*"user\d+"/);
    const hashOf = (rows: readonly string[]): string => createHash("sha256").update(rows.join("\n")).digest("hex");
    for (const partitions of [4, 16]) {
      const more = await imported(partitions);
      expect(more.made).toHaveLength(IDS);
      expect(more.letters.sort()).toEqual(one.letters.sort());
      expect(hashOf(more.rows)).toBe(hashOf(one.rows));
    }
  },
);
