import type { ModelRecorded, ModelReport } from "../../schemas/index.ts";
import type { Chapter } from "./chapter.ts";

/** Features that are told of: of the only label, and of each of several. */
const MOST = { alone: 15, each: 8 } as const;

/** How far each feature moves predictions, a chapter for each label and for each class. */
export function* contributions(
  metrics: ModelRecorded["metrics"],
  all: ModelReport["contributions"],
): Generator<Chapter> {
  const byLabel = Map.groupBy(all, ({ label }) => label);
  const several = byLabel.size > 1;
  for (const [label, own] of byLabel) {
    const shown = isProbability(metrics, label)
      ? (mean: number): string => `${short(100 * mean)} percentage points`
      : short;
    yield {
      title: `How far each feature moves a prediction${several ? ` of ${label}` : ""}`,
      sentences: [
        "Each prediction is the mean one and a part for each feature (Shapley values): so large is the part on average, up or down.",
      ],
      bars: {
        rows: own
          .slice(0, several ? MOST.each : MOST.alone)
          .map(({ feature, mean }) => ({ name: feature, lengths: [mean], said: shown(mean) })),
      },
    };
  }
}

/** Metrics of the first label stand under their own names, those of others and of classes behind the label's. */
function isProbability(metrics: ModelRecorded["metrics"], label: string): boolean {
  const hasOwn = Object.keys(metrics).some((name) => name.startsWith(`${label}.`));
  return metrics[hasOwn ? `${label}.logLoss` : "logLoss"] !== undefined;
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
