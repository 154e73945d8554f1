import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { predict } from "../../operators/index.ts";
import { decisions, type DecisionRecorded, type ModelRecorded } from "../../schemas/index.ts";
import { readTopic } from "../../streams/index.ts";
import type { Failure, Trial, TrainingTools } from "../../trainer/index.ts";

/** Decisions that a model is tried on, the newest, and records of each partition among which they are looked for. */
const TRIED = 200;
const TAIL = 500;

/**
 * Asks a model for the newest decisions of its version, one by one as a quiet loop would: what it costs, and whether it can. Nothing is
 * written, and no reply waits for it.
 */
export async function tryModel(
  tools: Pick<TrainingTools, "backbone" | "serdes" | "scorers">,
  compiled: CompiledBlueprint,
  model: ModelRecorded,
): Promise<Trial> {
  const newest = await newestDecisions(tools, compiled);
  if (newest.length === 0) return { decisions: 0, ms: null, failure: null };
  const scorer = await tools.scorers.get(model).catch((error: unknown) => reasonOf(error));
  if (typeof scorer === "string")
    return { decisions: newest.length, ms: null, failure: { decisionId: newest[0]!.decisionId, reason: scorer } };
  const times: number[] = [];
  for (const decision of newest) {
    const began = performance.now();
    const failure = await failureOf(decision, () => predict([decision], compiled, scorer));
    if (failure !== null) return { decisions: newest.length, ms: null, failure };
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return { decisions: times.length, ms: times[Math.floor(times.length / 2)]!, failure: null };
}

async function newestDecisions(
  { backbone, serdes }: Pick<TrainingTools, "backbone" | "serdes">,
  { blueprint: { useCase, version } }: CompiledBlueprint,
): Promise<readonly DecisionRecorded[]> {
  const ends = await backbone.offsets([decisions.name]);
  const ranges = ends.map(({ partition, start, end }) => ({ partition, from: Math.max(start, end - TAIL), to: end }));
  const found: DecisionRecorded[] = [];
  for await (const { value } of readTopic(backbone, serdes, decisions, { ranges, onBad: () => undefined })) {
    if (value.useCase === useCase && value.blueprintVersion === version) found.push(value);
  }
  return found.sort((a, b) => b.decisionTime - a.decisionTime).slice(0, TRIED);
}

type Predicted = Awaited<ReturnType<typeof predict>>;

async function failureOf({ decisionId }: DecisionRecorded, ask: () => Promise<Predicted>): Promise<Failure | null> {
  try {
    for (const { predictions, options } of await ask()) {
      for (const each of [predictions, ...options]) {
        const bad = Object.entries(each).find(([, value]) => !Number.isFinite(value));
        if (bad !== undefined) return { decisionId, reason: `it predicts ${bad[1]} for ${bad[0]}` };
      }
    }
    return null;
  } catch (error) {
    return { decisionId, reason: reasonOf(error) };
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
