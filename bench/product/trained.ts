import { compileBlueprint, type CompiledBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { models, type ModelRecorded, type TrainingRow } from "../../schemas/index.ts";
import { openTools, publishBlueprint, type Tools } from "../../loop/index.ts";
import { writeArtifact } from "../../serving/index.ts";
import { random } from "../decisions/work/random.ts";
import { openPlace, PARTITIONS, type Access } from "./place.ts";
import type { Life, Work } from "./works/index.ts";
import { trainModel } from "../../trainer/index.ts";

const ROWS = 20_000;
const MINUTE = 60_000;

/** A model that the project's trainer has made. */
export interface Trained {
  readonly record: ModelRecorded;
  readonly onnx: Uint8Array;
}

export const toolsOf = ({ backbone, registry }: Access): Promise<Tools> =>
  openTools({ backbone, registry, partitions: PARTITIONS, codeVersion: "bench" });

/** Trains on rows of the work's own contexts, in a place of its own. The label is a sum of features that trees can learn. */
export async function trainFor(work: Work): Promise<Trained> {
  const place = await openPlace("embedded");
  const access = await place.open();
  const tools = await toolsOf(access);
  try {
    const { useCase } = await publishBlueprint(tools, work.blueprint);
    const compiled = compileBlueprint(work.blueprint);
    const lives = work.lives(ROWS);
    const rows = lives.map((life, index) => rowOf(compiled, life, index));
    for (let from = 0; from < ROWS; from += 2_000) {
      const part = rows.slice(from, from + 2_000);
      await tools.publisher.publish(
        part.map((value) => ({
          topic: rowsTopic(compiled),
          key: String(value["decisionId"]),
          value,
          time: Number(value["rowTime"]),
        })),
      );
    }
    const result = await trainModel(tools, { useCase, until: lives.at(-1)!.request.time + 2 * MINUTE });
    if (result.kind !== "trained" || !result.promoted) throw new Error(`${work.name}: no model was made`);
    return { record: result.model, onnx: result.onnx };
  } finally {
    await tools.close();
    await access.close();
    await place.close();
  }
}

function rowOf({ blueprint, layout, fromContext }: CompiledBlueprint, { request }: Life, index: number): TrainingRow {
  const { decisionId, unit, context } = request.value as {
    readonly decisionId: string;
    readonly unit: string;
    readonly context: Readonly<Record<string, unknown>>;
  };
  const next = random(index);
  const features = fromContext(context);
  let sum = 0;
  for (const [at, { kind, feature }] of layout.entries()) {
    if (feature.kind === "window" && kind === "number") features[at] = Math.round(next() * 60);
    const value = features[at];
    if (typeof value === "number") sum += Math.sin(value * (at + 1));
  }
  const named = Object.fromEntries(blueprint.features.map(({ name }, at) => [name, features[at]!]));
  return {
    ...{ decisionId, unit, blueprintVersion: blueprint.version, modelId: null, mode: "loggingOnly", reason: "noModel" },
    ...{
      decisionTime: request.time,
      rowTime: request.time + MINUTE,
      maturity: "mature",
      value: null,
      propensity: null,
    },
    ...named,
    label: sum > 0 ? 1 : 0,
    [`prediction_${blueprint.label.name}`]: null,
    labelTime: null,
  };
}

/** The work's blueprint and its model, in production from the beginning of time. */
export async function publishWork(tools: Tools, work: Work, { record, onnx }: Trained): Promise<void> {
  await publishBlueprint(tools, work.blueprint);
  await tools.publisher.publish(work.tables?.() ?? []);
  const artifact = await writeArtifact(tools.backbone, tools.publisher, onnx, 0, {});
  const states = record.states.map((state) => ({ ...state, time: 0 }));
  const value = { ...record, artifact, states };
  await tools.publisher.publish([{ topic: models, key: `${value.useCase}/${value.modelId}`, value, time: 0 }]);
}
