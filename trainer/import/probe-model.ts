import { learnsEpisodes, type CompiledBlueprint, type FeatureColumn, type Objective } from "../../blueprints/index.ts";
import { vectorOf } from "../../rows/index.ts";
import type { DomainError, TrainingRow } from "../../schemas/index.ts";
import { encodeFeatures, labelOutputs, modelCategories, servedModel, type Scorer } from "../../serving/index.ts";
import { hasCode } from "../../streams/index.ts";
import { unitsOf } from "../classes.ts";
import { unfit } from "./unfit.ts";

/** So many of the newest rows are predicted. */
const MOST_ROWS = 1_000;
/** So many of the probe's rows are predicted alone, too. */
const MOST_ALONE = 64;

/** A row of the probe, with words for people. */
interface Probe {
  readonly what: string;
  readonly features: Float32Array;
}

interface Output {
  readonly name: string;
  readonly at: number;
  readonly objective: Objective;
}

/**
 * Whether a loaded model serves whatever it may be asked: it predicts the newest rows, rows without any feature, or without one, and rows of categories it
 * has not seen. Each prediction is finite, within 0 and 1 if the label is binary, and has the same bits in every batch.
 *
 * @param rows by decision time; there may be none
 * @throws DomainError `UNFIT_MODEL` with the row and what to do, `BAD_MODEL` when an output is not one float a row
 */
export async function probeModel(
  scorer: Scorer,
  { blueprint, layout }: CompiledBlueprint,
  columns: readonly string[],
  rows: readonly TrainingRow[],
): Promise<void> {
  const objectiveOf = (label: string): Objective =>
    learnsEpisodes(blueprint)
      ? "regression"
      : (blueprint.labels.find(({ name }) => name === label) ?? blueprint.label).objective;
  const outputs = labelOutputs(servedModel(scorer, layout), blueprint).map(({ label, output }): Output => ({
    name: label,
    at: output,
    objective: objectiveOf(label),
  }));
  const taken = columns.map((name) => layout.find((column) => column.name === name)!);
  const probes = probesOf(scorer, layout, taken, rows);
  const batch = new Float32Array(probes.length * taken.length);
  for (const [at, { features }] of probes.entries()) batch.set(features, at * taken.length);
  const together = await scorer.score(batch, probes.length);
  for (const output of outputs) {
    for (const [at, { what }] of probes.entries()) checkValue(output, together[output.at]![at]!, what);
  }
  const named = new Map(outputs.map(({ name, at }) => [name, at]));
  for (const unit of unitsOf(blueprint.labels, ({ oneOf }) => oneOf?.label).filter(({ length }) => length > 1)) {
    for (const [row, { what }] of probes.entries()) {
      const sum = unit.reduce((total, { name }) => total + together[named.get(name)!]![row]!, 0);
      if (Math.abs(sum - 1) < 1e-3) continue;
      throw unfit(
        `the classes of ${unit[0]!.oneOf!.label} have probabilities of ${sum} in all for ${what}: export them behind a softmax, each class in its place`,
      );
    }
  }
  const again = await scorer.score(batch, probes.length);
  for (const { name, at } of outputs) {
    if (!isSame(together[at]!, again[at]!))
      throw unfit(
        `${name} of the same rows comes out otherwise the second time: export the model for inference, without random parts`,
      );
  }
  const inOneRun = await oneRun(scorer, batch, probes.length);
  for (const { name, at } of inOneRun === undefined ? [] : outputs) {
    const row = differing(together[at]!, inOneRun![at]!);
    if (row >= 0) throw dependsOnOthers(name, probes[row]!.what, together[at]![row]!, inOneRun![at]![row]!);
  }
  const step = Math.max(1, Math.floor(probes.length / MOST_ALONE));
  for (let row = 0; row < probes.length; row += step) {
    const alone = await scorer.score(probes[row]!.features, 1);
    for (const { name, at } of outputs) {
      if (isSame(together[at]!.subarray(row, row + 1), alone[at]!)) continue;
      throw dependsOnOthers(name, probes[row]!.what, alone[at]![0]!, together[at]![row]!);
    }
  }
}

const dependsOnOthers = (name: string, what: string, alone: number, among: number): DomainError =>
  unfit(
    `${name} of ${what} is ${alone} alone and ${among} among others: ` +
      "a prediction must depend on its row only; take out what works over rows, like a softmax over the first dimension",
  );

/** `undefined`: `score` does the same, or the file can only be run row by row. */
async function oneRun(scorer: Scorer, batch: Float32Array, rows: number): Promise<readonly Float32Array[] | undefined> {
  try {
    return await scorer.together?.(batch, rows);
  } catch (error) {
    if (!hasCode(error, "BAD_MODEL")) return undefined;
    const told =
      "of several rows it has no output for each: export outputs float[N, 1], and take out what works over rows";
    throw unfit(told, error);
  }
}

/** The first row of which the two are apart by more than the order in which a library adds up; -1: none. */
function differing(one: Float32Array, other: Float32Array): number {
  const largest = one.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return one.findIndex((value, row) => !(Math.abs(value - other[row]!) <= 1e-4 * largest));
}

function probesOf(
  scorer: Scorer,
  layout: readonly FeatureColumn[],
  taken: readonly FeatureColumn[],
  rows: readonly TrainingRow[],
): readonly Probe[] {
  const encode = encodeFeatures(taken, modelCategories(scorer));
  const encoded = (vector: readonly (number | string | null)[]): Float32Array => {
    const features = new Float32Array(taken.length);
    encode(vector as (number | string | null)[], features, 0);
    return features;
  };
  const newest = rows.slice(-MOST_ROWS);
  const none: readonly (number | string | null)[] = layout.map(() => null);
  const last =
    newest.length === 0 ? layout.map(({ kind }) => (kind === "number" ? 0 : null)) : vectorOf(newest.at(-1)!, layout);
  const without = (column: FeatureColumn): Probe => ({
    what: column.kind === "category" ? `a row with an unknown ${column.name}` : `a row without ${column.name}`,
    features: encoded(
      last.map((value, at) => (at !== column.index ? value : column.kind === "category" ? UNSEEN : null)),
    ),
  });
  return [
    ...newest.map((row) => ({
      what: `the row of decision ${String(row["decisionId"])}`,
      features: encoded(vectorOf(row, layout)),
    })),
    ...taken.map(without),
    { what: "a row whose features are all missing", features: encoded(none) },
  ];
}

/** In no vocabulary: names of categories come from people. */
const UNSEEN = "\u0000unseen";

function checkValue({ name, objective }: Output, value: number, what: string): void {
  if (!Number.isFinite(value)) {
    throw unfit(
      `${name} of ${what} is ${value}: any feature may be missing (NaN) at a decision, as is a category that the model does not know; ` +
        "put an imputer in front of the model (scikit-learn: SimpleImputer), or use trees that take missing values",
    );
  }
  if (objective === "binary" && !(value >= 0 && value <= 1)) {
    throw unfit(
      `${name} of ${what} is ${value}: a binary label is predicted as a probability from 0 to 1; export it behind a sigmoid`,
    );
  }
}

const isSame = (one: Float32Array, other: Float32Array): boolean => Buffer.compare(bytesOf(one), bytesOf(other)) === 0;
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
