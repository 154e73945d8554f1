import type { DecisionBundle } from "../../../browser/index.ts";
import { learntRows, stateText } from "../../../catalogue/index.ts";
import type { ModelRecorded } from "../../../schemas/index.ts";
import { figureText, type Rebuilt, type ServedModel } from "../../../trainer/index.ts";
import { shownTime, table } from "../output.ts";

/** A line a model: its version, when it served, and the evidence for its state. */
export const modelsTable = (models: readonly ModelRecorded[]): string =>
  table(
    ["use case", "model", "version", "state", "since", "until", "rows", "rows until", "evidence"],
    models.map(({ useCase, modelId, blueprintVersion, states, provenance }) => [
      ...[useCase, modelId, blueprintVersion],
      newestState({ states }),
      ...servedFrom(states),
      provenance.imported === null ? learntRows(provenance) : "imported",
      shownMinute(provenance.trainedUntil),
      states.at(-1)?.reason ?? "",
    ]),
  );

/** A line a model: over how many labelled decisions, and its figures. */
export const servedText = (models: readonly ServedModel[]): string =>
  models.length === 0
    ? "no decision of a model has a label yet"
    : table(
        ["model", "from", "to", "rows", "figures"],
        models.map(({ modelId, from, to, rows, metrics }) => [
          ...[modelId, shownMinute(from), shownMinute(to), rows],
          Object.entries(metrics)
            .map(([name, figure]) => `${name} ${figureText(figure, 4)}`)
            .join(", "),
        ]),
      );

/** Its newest state. */
export function newestState({ states }: Pick<ModelRecorded, "states">): string {
  const newest = states.at(-1);
  return newest === undefined ? "none" : stateText(newest);
}

/** The times at which it first went into production and at which it left for good; empty if it did not. */
function servedFrom(states: ModelRecorded["states"]): readonly [since: string, until: string] {
  const first = states.find(({ state }) => state === "production");
  if (first === undefined) return ["", ""];
  const last = states.findLastIndex(({ state }) => state === "production");
  const end = states[last + 1];
  return [shownMinute(first.time), end === undefined ? "" : shownMinute(end.time)];
}

const shownMinute = (ms: number): string => shownTime(ms).replace(/:\d{2}\.\d{3}Z$/, "Z");

/** Whether a model that was trained again is the same, byte for byte. */
export function rebuiltText({
  modelId,
  expected,
  actual,
  equal,
  rows,
  header,
  problem,
  imported,
}: Omit<Rebuilt, "onnx">): string {
  return [
    imported
      ? `${modelId}  IMPORTED, NOT REBUILT`
      : `${modelId}  ${equal ? "equal" : actual === null ? "NOT REBUILT" : "DIFFERS"}  ${rows} rows`,
    `  published ${expected}`,
    ...(actual === null ? [] : [`  rebuilt   ${actual}`]),
    ...(problem === null ? [] : [`  ${problem}`]),
    ...(header === "differs" ? ["  the file's provenance header differs from the model's record"] : []),
  ].join("\n");
}

/** How many are the same, and how many nobody can train again. */
export function rebuiltAllText({
  models,
  equal,
  imported,
}: {
  readonly models: number;
  readonly equal: number;
  readonly imported: number;
}): string {
  const others = imported === 0 ? "" : `; ${imported} imported, which can't be trained again here`;
  return `${equal} of ${models - imported} models are equal${others}`;
}

/** What a bundle for pages has. */
export function bundledText(bundle: DecisionBundle, onnxBytes: number, folder: string): string {
  const { useCase, blueprintVersion, modelId, features } = bundle;
  return [
    `model ${modelId} of ${useCase} ${blueprintVersion} in ${folder}: model.onnx (${onnxBytes} bytes, ${features.length} columns) and bundle.json`,
    "whoever can read bundle.json knows the policy and the loop's salt",
  ].join("\n");
}
