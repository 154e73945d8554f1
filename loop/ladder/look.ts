import type { CompiledBlueprint } from "../../blueprints/index.ts";
import {
  climbingModels,
  climbingState,
  modelsAt,
  validBlueprints,
  type ValidBlueprints,
} from "../../catalogue/index.ts";
import type { ModelRecorded, ModelState } from "../../schemas/index.ts";
import {
  gatherEvidence,
  judgeStep,
  type StepVerdict,
  type TrainingTables,
  type TrainingTools,
  type Trial,
} from "../../trainer/index.ts";
import { tryModel } from "./try-model.ts";

/** A model on the ladder, and what it does next. */
export interface OnLadder {
  readonly model: ModelRecorded;
  /** Where it stands. */
  readonly state: ModelState;
  /** The model in production that it is compared with; `undefined`: there is none. */
  readonly rival: string | undefined;
  readonly verdict: StepVerdict;
}

interface Modelled {
  readonly known: ValidBlueprints;
  readonly models: TrainingTables["models"];
  /** Each with one of its models. */
  readonly versions: readonly { readonly compiled: CompiledBlueprint; readonly version: ModelRecorded }[];
}

/** The versions that have models, and can be read. */
export async function modelledVersions(tools: Pick<TrainingTools, "tables">): Promise<Modelled> {
  const { blueprints, models } = await tools.tables();
  const known = validBlueprints(blueprints);
  const one = new Map([...models.values()].map((model) => [`${model.useCase}/${model.blueprintVersion}`, model]));
  const versions = [...one.values()].flatMap((version) => {
    const compiled = known.version(version.useCase, version.blueprintVersion);
    return compiled === undefined ? [] : [{ compiled, version }];
  });
  return { known, models, versions };
}

/** The models on the ladder at an event time, ms. */
export async function modelsOnLadder(
  tools: Pick<TrainingTools, "tables">,
  now: number,
): Promise<Pick<Modelled, "known" | "models"> & { readonly found: readonly Climbing[] }> {
  const { known, models, versions } = await modelledVersions(tools);
  const found = versions.flatMap(({ compiled, version }) => {
    const { production } = modelsAt(models, version.useCase, version.blueprintVersion, now);
    return climbingModels(models, version, now).map((model) => ({ compiled, model, production }));
  });
  return { known, models, found };
}

export interface Climbing {
  readonly compiled: CompiledBlueprint;
  readonly model: ModelRecorded;
  readonly production: ModelRecorded | undefined;
}

/**
 * What a model on the ladder does next, from all that is on the topics; writes nothing.
 *
 * @param now event time, ms
 * @param tried how it did on the newest decisions; absent: it is tried now
 */
export async function lookAt(
  tools: Pick<TrainingTools, "backbone" | "serdes" | "scorers">,
  known: ValidBlueprints,
  { compiled, model, production }: Climbing,
  now: number,
  tried?: Trial,
): Promise<OnLadder> {
  const state = climbingState(model, now)!;
  const base = { model, state, rival: production?.modelId };
  if (compiled.blueprint.ladder === null)
    return { ...base, verdict: { to: undefined, reason: "its version has no ladder" } };
  if (production === undefined)
    return { ...base, verdict: { to: undefined, reason: "no model is in production to compare it with" } };
  const trial = tried ?? (await tryModel(tools, compiled, model));
  const evidence = await gatherEvidence(tools, { compiled, known, model, rival: production, now, trial });
  return { ...base, verdict: judgeStep(evidence, now) };
}
