import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BanditLog } from "./logs.ts";
import { itemsOf, type Logged } from "./read-log.ts";

/** A click is observed a second after its decision. */
const SECOND = 1_000;

/** Writes a log as the two files of an import, JSON lines, and returns the flags that import them. */
export async function writeHistory(
  folder: string,
  log: BanditLog,
  logged: readonly Logged[],
): Promise<readonly string[]> {
  const [decisions, observations] = ["decisions", "clicks"].map((name) => join(folder, `${log.name}-${name}.jsonl`));
  const candidates = itemsOf(log);
  await write(
    decisions!,
    logged.map(({ id, time, position, userFeatures: [user_feature_0, user_feature_1], item, propensity }) => ({
      ...{ decision_id: id, decision_ts: time, position, user_feature_0, user_feature_1 },
      ...{ candidates, item, propensity },
    })),
  );
  await write(
    observations!,
    logged.map(({ id, time, item, clicked }) => ({
      ...{ decision_id: id, event_ts: new Date(Date.parse(time) + SECOND), option_id: item },
      ...{ kind: "seen", clicked: Number(clicked) },
    })),
  );
  const files = ["--decisions", decisions!, "--observations", observations!, "--option-id", "option_id"];
  return [...files, "--action", "item", "--propensity", "propensity"];
}

const write = (path: string, lines: readonly object[]): Promise<void> =>
  writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
