import type { FeatureColumn } from "../../blueprints/index.ts";
import type { Categories } from "../../serving/index.ts";
import { FLOAT32, valueText, type ModelSignature } from "./model-signature.ts";
import { unfit } from "./unfit.ts";

/** The input of a model: its columns by name, and how texts become numbers. */
export interface ModelColumns {
  readonly features: readonly string[];
  readonly categories: Categories;
  /** Neither the file nor the importer named the columns: they are the blueprint's, in its order. */
  readonly assumed: boolean;
}

/** Instead of the metadata of the file; JSON that was read. */
export interface GivenColumns {
  readonly features?: unknown;
  readonly categories?: unknown;
}

const asFloats =
  "export it with one float32 input of all columns (skl2onnx: initial_types=[('features', FloatTensorType([None, N]))])";

/**
 * The columns of a model, which are features of the blueprint.
 *
 * @throws DomainError `UNFIT_MODEL` when the input is another one, a column is no feature, or a category has no vocabulary
 */
export function columnsOf(
  { inputs, metadata }: ModelSignature,
  given: GivenColumns,
  layout: readonly FeatureColumn[],
): ModelColumns {
  const count = inputWidth(inputs);
  const named = given.features ?? parsed(metadata, "features");
  const features = named === undefined ? layout.map(({ name }) => name) : listOf(named);
  if (features.length !== count) {
    throw unfit(
      named === undefined
        ? `it takes ${count} columns and does not name them, the blueprint has ${features.length} features: name them in the ` +
            `file's metadata "features", a JSON list, or give --features`
        : `it takes ${count} columns, "features" names ${features.length}: name each column once, in the order of the input`,
    );
  }
  const columns = features.map((name) => {
    const column = layout.find((each) => each.name === name);
    if (column !== undefined) return column;
    throw unfit(
      `it takes a column "${name}", which is no feature of the blueprint: it has ${layout.map((each) => each.name).join(", ")}`,
    );
  });
  return {
    features,
    categories: vocabulariesOf(given.categories ?? parsed(metadata, "categories"), columns, layout),
    assumed: named === undefined,
  };
}

function inputWidth(inputs: ModelSignature["inputs"]): number {
  const [input] = inputs;
  if (inputs.length !== 1 || input === undefined) {
    const names = inputs.map(({ name }) => name).join(", ") || "none";
    throw unfit(`a model needs one input float[N, columns]; this one has ${inputs.length} (${names}): ${asFloats}`);
  }
  const { element, shape } = input;
  const [rows, columns] = shape ?? [];
  if (element !== FLOAT32 || shape?.length !== 2) {
    throw unfit(`a model needs one input float[N, columns]; this one is ${valueText(input)}: ${asFloats}`);
  }
  if (typeof columns !== "number" || columns < 1) {
    throw unfit(`the input ${input.name} does not say how many columns it has: ${asFloats}`);
  }
  if (typeof rows === "number" && rows > 1) {
    throw unfit(
      `the input ${input.name} takes ${rows} rows at once: export it with a free first dimension ` +
        "(torch.onnx.export(…, dynamic_axes={'features': {0: 'N'}}))",
    );
  }
  return columns;
}

/** The JSON under a key of the metadata; `undefined`: there is none. */
function parsed(metadata: Readonly<Record<string, string>>, key: string): unknown {
  const text = metadata[key];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw unfit(`the metadata "${key}" of the file is no JSON: write it with json.dumps`, error);
  }
}

function listOf(named: unknown): readonly string[] {
  if (!isTexts(named)) {
    throw unfit(
      `"features" is a JSON list of names, in the order of the input's columns, like ["distance", "carrier"]`,
    );
  }
  const twice = named.find((name, at) => named.indexOf(name) !== at);
  if (twice !== undefined) throw unfit(`"features" names "${twice}" twice: each column is another feature`);
  return named;
}

function vocabulariesOf(
  named: unknown,
  columns: readonly FeatureColumn[],
  layout: readonly FeatureColumn[],
): Categories {
  const form = `a JSON object of lists, {"carrier": ["AA", "UA"]}: the place of a value in its list, from 0, is its number in the column`;
  const lists = named === undefined ? {} : named;
  if (typeof lists !== "object" || lists === null || Array.isArray(lists)) throw unfit(`"categories" is ${form}`);
  const found = new Map<string, readonly string[]>(
    Object.entries(lists).map(([name, values]) => {
      if (layout.find((column) => column.name === name)?.kind !== "category")
        throw unfit(`"categories" has "${name}", which is no category feature of the blueprint: take it out`);
      if (!isTexts(values)) throw unfit(`"categories" of "${name}" is no list of texts: it is ${form}`);
      const twice = values.find((value, at) => values.indexOf(value) !== at);
      if (twice !== undefined) throw unfit(`"categories" of "${name}" has "${twice}" twice: a value has one number`);
      return [name, values] as const;
    }),
  );
  const lacking = columns
    .filter(({ kind, name }) => kind === "category" && !found.has(name))
    .map(({ name }) => `"${name}"`);
  if (lacking.length === 0) return Object.fromEntries(found);
  throw unfit(
    `no vocabulary for category ${lacking.length === 1 ? "feature" : "features"} ${lacking.join(", ")}: write the file's metadata ` +
      `"categories", or give --categories; it is ${form}`,
  );
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");
