import type { CompiledBlueprint } from "../blueprints/index.ts";
import type { TrainingRow } from "../schemas/index.ts";
import type { FittedModel, Learner, LearnerParams } from "./learner.ts";
import { matrixOf, vectorOf, type TrainingMatrix } from "../rows/index.ts";
import { encodeFeatures, learnCategories, type Categories } from "../serving/index.ts";

export interface FitRowsRequest {
  readonly compiled: CompiledBlueprint;
  readonly train: readonly TrainingRow[];
  /** Rows to predict, never learned from; may be none. */
  readonly holdout: readonly TrainingRow[];
  /** Event time of the training, ms. */
  readonly until: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface FittedRows {
  readonly fitted: FittedModel;
  readonly train: TrainingMatrix;
  readonly holdout: TrainingMatrix;
}

/** Rows to a model: the bytes of the file are a function of the rows that are trained on, the blueprint and `until` alone. */
export async function fitRows(learner: Learner, request: FitRowsRequest): Promise<FittedRows> {
  const { compiled, until } = request;
  const { blueprint, layout } = compiled;
  const categories = learnCategories(
    layout,
    request.train.map((row) => vectorOf(row, layout)),
  );
  const encode = encodeFeatures(layout, categories);
  const train = matrixOf(request.train, layout, encode);
  const holdout = matrixOf(request.holdout, layout, encode);
  try {
    const fitted = await learner.fit(
      train,
      holdout,
      blueprint.model satisfies LearnerParams,
      metadataOf(compiled, categories, until),
      request.onProgress,
    );
    return { fitted, train, holdout };
  } catch (error) {
    throw new Error(failureText(compiled, train, error), { cause: error });
  }
}

const MOST_NAMED = 20;

function failureText({ blueprint, layout }: CompiledBlueprint, { rows }: TrainingMatrix, error: unknown): string {
  const more = layout.length - MOST_NAMED;
  const names = layout.slice(0, MOST_NAMED).map(({ name }) => name);
  const features = names.join(", ") + (more > 0 ? ` and ${more} more` : "");
  const reason = error instanceof Error ? error.message : String(error);
  return `${blueprint.useCase} ${blueprint.version} could not be trained on ${rows} rows of ${features}: ${reason}`;
}

/** Everything in the file besides the trees: no offsets and no wall clock, so that the same rows give the same bytes on any backbone. */
function metadataOf(
  { blueprint, layout }: CompiledBlueprint,
  categories: Categories,
  until: number,
): Readonly<Record<string, string>> {
  return {
    useCase: blueprint.useCase,
    blueprintVersion: blueprint.version,
    label: blueprint.label.name,
    features: JSON.stringify(layout.map(({ name }) => name)),
    categories: JSON.stringify(categories),
    until: new Date(until).toISOString(),
    seed: String(blueprint.model.seed),
  };
}
