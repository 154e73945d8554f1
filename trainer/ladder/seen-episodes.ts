import { setImmediate } from "node:timers/promises";
import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { keySequences } from "../../rows/index.ts";
import type { EpisodeRow, TrainingRow } from "../../schemas/index.ts";
import { returnsOf } from "../../statistics/index.ts";
import { NOT_THE_POLICY } from "./guardrail-figures.ts";

/** An episode as the rows tell it until now. */
export interface SeenEpisode {
  readonly rows: readonly TrainingRow[];
  readonly steps: readonly EpisodeRow[];
  /** Decision time of its first step, ms. */
  readonly began: number;
  /** It has its last step: by its end, at the greatest length, or before a gap. */
  readonly isOver: boolean;
  /** It ended: nothing comes after. */
  readonly terminal: boolean;
  /** The unit of all of its decisions; `undefined`: they have several. */
  readonly unit: string | undefined;
  /** The model by which the policy made all of its decisions; `undefined`: there is no such one. */
  readonly modelId: string | undefined;
  /** The discounted sum of its rewards; `undefined`: one is missing. */
  readonly worth: number | undefined;
}

/** Rows that are divided at once: decisions that the process makes meanwhile wait for no more. */
const BLOCK = 1_024;

/**
 * The episodes that began after a time, in the order of their keys and times.
 *
 * @param rows the newest of each decision, from a gap before that time on: without these a later part of an episode
 *   would pass for one
 * @param after event time, ms
 * @param until event time, ms: episodes that nothing could follow by then are over
 */
export async function seenEpisodes(
  compiled: CompiledBlueprint,
  rows: readonly TrainingRow[],
  after: number,
  until: number,
): Promise<readonly SeenEpisode[]> {
  const byKey = Map.groupBy(rows, (row) => compiled.episodes!.keyOf(row));
  const found: SeenEpisode[] = [];
  let block: TrainingRow[] = [];
  for (const key of [...byKey.keys()].sort()) {
    if (key === null) continue;
    block.push(...byKey.get(key)!);
    if (block.length < BLOCK) continue;
    found.push(...episodesOf(compiled, block, after, until));
    block = [];
    await setImmediate();
  }
  return [...found, ...episodesOf(compiled, block, after, until)];
}

function episodesOf(
  compiled: CompiledBlueprint,
  rows: readonly TrainingRow[],
  after: number,
  until: number,
): readonly SeenEpisode[] {
  return keySequences(compiled, rows, until).flatMap(({ entries, places }) => {
    const found: SeenEpisode[] = [];
    for (let from = 0; from < entries.length;) {
      let to = from + 1;
      while (to < entries.length && places[to]!.first === from) to++;
      if (entries[from]!.time > after) {
        const { terminal, truncated } = places[to - 1]!;
        const own = entries.slice(from, to);
        found.push(episodeOf(compiled, own, { terminal, isOver: terminal || truncated }));
      }
      from = to;
    }
    return found;
  });
}

function episodeOf(
  { episodes }: CompiledBlueprint,
  entries: readonly { readonly row: TrainingRow; readonly step: EpisodeRow; readonly time: number }[],
  last: Pick<SeenEpisode, "terminal" | "isOver">,
): SeenEpisode {
  const rows = entries.map(({ row }) => row);
  const steps = entries.map(({ step }) => step);
  const acted = rows.every(({ mode, reason }) => mode === "online" && !NOT_THE_POLICY.has(reason));
  return {
    ...{ rows, steps, began: entries[0]!.time, ...last },
    unit: onlyOf(rows.map(({ unit }) => unit as string)),
    modelId: acted ? onlyOf(rows.map(({ modelId }) => (modelId ?? undefined) as string | undefined)) : undefined,
    worth: returnOf(steps, episodes!.discount),
  };
}

const onlyOf = <T>(values: readonly T[]): T | undefined =>
  values.every((value) => value === values[0]) ? values[0] : undefined;

function returnOf(steps: readonly EpisodeRow[], discount: number): number | undefined {
  const rewards = Float64Array.from(steps, ({ reward }) => reward ?? Number.NaN);
  const [sum] = returnsOf({ starts: Int32Array.of(0, steps.length), rewards, discount });
  return Number.isNaN(sum) ? undefined : sum;
}
