import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { deadLetters, decisions } from "../../schemas/index.ts";
import { readRaw, readTopic, type Backbone, type Serdes } from "../../streams/index.ts";
import { hashRows, newestRows, rowsTopic } from "../../rows/index.ts";
import { lastTick } from "./plan.ts";
import type { ReplayProgress } from "./replay-topics.ts";

export interface ReplayCounts {
  readonly decisions: number;
  /** Rows by the maturity of the newest one: of decisions, and of a ranking those of its options. */
  readonly rows: {
    readonly provisional: number;
    readonly mature: number;
    readonly corrected: number;
    /** Some labels still wait. Absent if there are none. */
    readonly partial?: number;
  };
  /** Decisions whose wait is over, without any label. */
  readonly expired: number;
  /** Deferred decisions whose wait is over without a row: nobody has activated them, or they have no label. Absent if there are none. */
  readonly notShown?: number;
  /** Decisions whose waits are not all over for the live group either; partial rows are of these. */
  readonly waiting: number;
  readonly deadLetters: number;
  /**
   * Over the canonical Avro bytes of the newest row of each decision, in the order of the decision ids, version by
   * version.
   */
  readonly rowsSha256: string;
}

/** Counts from the topics, so the result is the same however often the replay was stopped. */
export async function summarizeReplay(
  side: Backbone,
  serdes: Serdes,
  versions: readonly CompiledBlueprint[],
  { from, to, horizon }: Pick<ReplayProgress, "from" | "to" | "horizon">,
): Promise<ReplayCounts> {
  const waits = new Map(versions.map(({ blueprint, waitMs }) => [blueprint.version, waitMs]));
  let made = 0;
  let waiting = 0;
  const hidden = new Set<string>();
  for await (const { value } of readTopic(side, serdes, decisions)) {
    made++;
    if (value.decisionTime + (waits.get(value.blueprintVersion) ?? 0) > lastTick({ to, horizon })) waiting++;
    else if (value.deferred) hidden.add(`${value.decisionTime}/${value.decisionId}`);
  }
  let dead = 0;
  for await (const batch of readRaw(side, deadLetters.name)) dead += batch.length;
  const sorted = [...versions].sort((a, b) => (a.blueprint.version < b.blueprint.version ? -1 : 1));
  const parts: [ReturnType<typeof rowsTopic>, Awaited<ReturnType<typeof newestRows>>][] = [];
  const rows = { provisional: 0, mature: 0, corrected: 0 };
  let partial = 0;
  const withRow = new Set<string>();
  for (const compiled of sorted) {
    const { blueprint } = compiled;
    const topic = rowsTopic(compiled);
    const found = await newestRows(side, serdes, topic, (row) => {
      const time = row["decisionTime"] as number;
      return row["blueprintVersion"] === blueprint.version && time >= from && time < to;
    });
    parts.push([topic, found]);
    for (const row of found) {
      if (row["maturity"] === "partial") partial++;
      else {
        rows[row["maturity"] as keyof typeof rows]++;
        withRow.add(`${String(row["decisionTime"])}/${String(row["decisionId"])}`);
      }
    }
  }
  for (const key of withRow) hidden.delete(key);
  return {
    decisions: made,
    rows: partial === 0 ? rows : { ...rows, partial },
    expired: made - withRow.size - waiting - hidden.size,
    ...(hidden.size === 0 ? {} : { notShown: hidden.size }),
    waiting,
    deadLetters: dead,
    rowsSha256: hashRows(...parts),
  };
}
