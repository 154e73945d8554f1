import { compileBlueprint, type CompiledBlueprint } from "../../blueprints/index.ts";
import { modelsAt } from "../../catalogue/index.ts";
import { evaluatePolicy, type Evaluation } from "../../recompute/index.ts";
import { decisions, DomainError, type ModelRecorded } from "../../schemas/index.ts";
import { trainModel } from "../../trainer/index.ts";
import type { Tools } from "../loop.ts";
import { storeBlueprint } from "../publish/publish-blueprint.ts";
import { removeReplay } from "../replay/remove-replay.ts";
import type { ReplayOptions } from "../replay/replay-options.ts";
import { replay, type ReplayResult } from "../replay/replay.ts";

export interface EstimateRequest {
  /** The blueprint's YAML; published already, or not. */
  readonly text: string;
  /** Decision times `[from, to)`, ms, by whose decisions the version is judged. It learns from those before. */
  readonly from: number;
  readonly to: number;
  /** A label or a column of its rows. Absent: its reward, or its only label. */
  readonly reward?: string | undefined;
  /** Folds of cross-fitting the model of the reward. */
  readonly folds: number;
}

/** The value of a whole version, before it decides anything. */
export interface BlueprintEstimate extends Evaluation {
  /** The model that decided in the replay. */
  readonly model: {
    readonly modelId: string;
    /** It was trained for this estimate, from the rows before. */
    readonly trained: boolean;
    readonly reason: string;
  };
  /** Features that could not be computed, each with the reason. */
  readonly missing: readonly string[];
}

/** How replays are made: each has its own state. */
export type EstimateReplays = Omit<ReplayOptions, "request" | "engine">;

/**
 * What a version would have earned, with its own features, model, policy and waits, by the decisions of another one: the
 * version makes them again from the topics, and what was really done and what came of it say the rest. A version without a
 * model learns one from the decisions before, as it would have; the model stays, and serves should the version go live.
 *
 * @returns `undefined` if the signal of the replays stopped it; the same call goes on
 * @throws DomainError `BAD_USAGE` for rankings, numbers and posteriors; `NO_MODEL` where too little came before `from`
 */
export async function estimateBlueprint(
  tools: Tools,
  { text, from, to, reward, folds }: EstimateRequest,
  replays: EstimateReplays,
): Promise<BlueprintEstimate | undefined> {
  const target = compileBlueprint(text);
  const { useCase, version } = target.blueprint;
  checkTarget(target);
  await storeBlueprint(tools, text);
  const model = await modelBefore(tools, target, from, replays);
  if (model === undefined) return undefined;
  const made = await replay({ ...replays, request: { useCase, blueprintVersion: version, from, to }, fresh: true });
  if (made === undefined) return undefined;
  try {
    const source = { ...tools, scorers: tools.scorers.get.bind(tools.scorers), salt: replays.salt };
    const replayed = { decisions: `${made.replay}-${decisions.name}`, rows: made.rowsTopic };
    const evaluation = await evaluatePolicy(source, { useCase, target, replayed, from, to, reward, folds });
    const { modelId, trained, reason } = model;
    return { ...evaluation, model: { modelId, trained, reason }, missing: made.missing };
  } finally {
    // A cluster's topics go with its own tool.
    if (tools.backbone.remove !== undefined) await removeReplay(tools.backbone, made.replay);
  }
}

/** Versions whose decisions in a replay would not be those that they make once they are live. */
function checkTarget({ posterior, blueprint }: CompiledBlueprint): void {
  if (posterior !== null)
    throw new DomainError(
      "BAD_USAGE",
      "a posterior learns while its version is live: it can't be estimated beforehand",
    );
  const { mode, logging } = blueprint.learning;
  if (mode === "online") return;
  const acts = mode === "loggingOnly" && logging === "uniform" ? "a uniform draw" : "the product's own choice";
  throw new DomainError(
    "BAD_USAGE",
    `learning.mode is ${mode}: ${acts} acts, and not the policy. Take the mode out of the file to estimate what its policy is worth`,
  );
}

interface ModelBefore {
  readonly modelId: string;
  readonly trained: boolean;
  readonly reason: string;
}

/** The model that the version has at `from`; without one it learns from the decisions before, made again by it. */
async function modelBefore(
  tools: Tools,
  target: CompiledBlueprint,
  from: number,
  replays: EstimateReplays,
): Promise<ModelBefore | undefined> {
  const { useCase, version } = target.blueprint;
  const { production } = modelsAt((await tools.tables()).models, useCase, version, from);
  if (production !== undefined) return modelOf(production, false);
  const wasLive = (await tools.tables()).blueprints.get(`${useCase}/${version}`)?.activations.some(({ live }) => live);
  if (wasLive === true)
    throw new DomainError(
      "NO_MODEL",
      `version ${version} is live, or was, and had no model at the beginning of the estimated time: one that is made now would count for decisions of the past. Begin later with --from, or estimate another version`,
    );
  const before: ReplayResult | undefined = await replay({
    ...replays,
    request: { useCase, blueprintVersion: version, to: from },
  });
  if (before === undefined) return undefined;
  const result = await trainModel(tools, {
    ...{ useCase, until: from - 1, blueprintVersion: version, rowsTopic: before.rowsTopic },
  });
  if (result.kind === "tooFewRows")
    throw new DomainError(
      "NO_MODEL",
      `${result.rows} rows are complete before the estimated time, and ${result.needed} are needed to learn from (training.minRows): begin later with --from`,
    );
  if (!result.promoted)
    throw new DomainError(
      "NO_MODEL",
      `the model of the rows before the estimated time would not have decided: ${result.model.states.at(-1)!.reason}`,
    );
  return modelOf(result.model, true);
}

const modelOf = ({ modelId, states }: ModelRecorded, trained: boolean): ModelBefore => ({
  ...{ modelId, trained },
  reason: states.findLast(({ state }) => state === "production")!.reason,
});
