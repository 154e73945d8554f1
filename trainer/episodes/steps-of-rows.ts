import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { featuresOf, keySequences, vectorsOf } from "../../rows/index.ts";
import type { EpisodeRow, TrainingRow } from "../../schemas/index.ts";
import { encodeFeatures, learnCategories, type Categories } from "../../serving/index.ts";
import type { EpisodeSteps } from "./episode-steps.ts";

/** A stretch of an episode without a gap in what is known of it. */
export interface Stretch {
  readonly rows: readonly TrainingRow[];
  readonly steps: readonly EpisodeRow[];
  /** The last step ends the episode: nothing comes after it. */
  readonly terminal: boolean;
  /** It is an episode from its first step to its end: it can judge. Others are learnt from alone. */
  readonly whole: boolean;
  /** Decision time of the first step, ms. */
  readonly time: number;
}

/**
 * Episodes as learners take them, in the order of their first decisions. A step without an action or a reward can't be learnt
 * from: its episode is divided there, and what came before does not know how it went on.
 *
 * @param rows the newest of each decision
 * @param until event time, ms: episodes that nothing could follow by then are over
 */
export function stretchesOf(
  compiled: CompiledBlueprint,
  rows: readonly TrainingRow[],
  until: number,
): readonly Stretch[] {
  const actions = new Set(compiled.episodes!.actions);
  const found: (Stretch & { readonly key: string })[] = [];
  for (const { key, entries, places } of keySequences(compiled, rows, until)) {
    let open: (typeof entries)[number][] = [];
    let isFirst = true;
    const end = (terminal: boolean): void => {
      if (open.length > 0) {
        const [rowsOf, steps] = [open.map(({ row }) => row), open.map(({ step }) => step)];
        found.push({ key, rows: rowsOf, steps, terminal, whole: terminal && isFirst, time: open[0]!.time });
      }
      open = [];
    };
    for (const [at, one] of entries.entries()) {
      const { action, reward } = one.step;
      if (action === null || !actions.has(action) || reward === null) {
        end(false);
        continue;
      }
      const place = places[at]!;
      if (open.length === 0) isFirst = place.step === 0;
      open.push(one);
      if (place.isLast) end(place.terminal);
    }
    end(false);
  }
  return found.sort((a, b) => a.time - b.time || (a.key < b.key ? -1 : 1));
}

/** Stretches as columns. @param categories those that the model knows */
export function stepsOf(
  { episodes, layout }: CompiledBlueprint,
  stretches: readonly Stretch[],
  categories: Categories,
): EpisodeSteps {
  const { actions, discount } = episodes!;
  const rows = stretches.flatMap((stretch) => stretch.rows);
  const steps = stretches.flatMap((stretch) => stretch.steps);
  const next = Int32Array.from({ length: steps.length }, (_, at) => at + 1);
  const terminal = new Uint8Array(steps.length);
  const starts = new Int32Array(stretches.length + 1);
  let from = 0;
  for (const [at, stretch] of stretches.entries()) {
    from += stretch.steps.length;
    starts[at + 1] = from;
    next[from - 1] = -1;
    terminal[from - 1] = Number(stretch.terminal);
  }
  return {
    ...{ features: featuresOf(rows, layout, encodeFeatures(layout, categories)), columns: layout.length },
    ...{ steps: steps.length, actions, next, terminal, starts, discount },
    action: Int32Array.from(steps, ({ action }) => actions.indexOf(action!)),
    propensity: Float64Array.from(steps, ({ propensity }) => propensity ?? Number.NaN),
    reward: Float64Array.from(steps, ({ reward }) => reward!),
  };
}

/** The categories that some of the rows have. */
export function categoriesOf({ layout }: CompiledBlueprint, rows: readonly TrainingRow[]): Categories {
  const named = layout.filter(({ kind }) => kind === "category").map((column, index) => ({ ...column, index }));
  return learnCategories(named, named.length === 0 ? [] : vectorsOf(rows, named));
}
