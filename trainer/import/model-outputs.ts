import { headName, headsOf, type Blueprint } from "../../blueprints/index.ts";
import type { ServedOutput } from "../onnx/index.ts";
import { unitsOf } from "../classes.ts";
import { classesOf, classOutputs, type Candidate } from "./class-outputs.ts";
import { FLOAT32, valueText, type GraphValue, type ModelSignature } from "./model-signature.ts";
import { unfit } from "./unfit.ts";

/** The outputs that serve, and what a person should know of the choice. */
export interface ModelOutputs {
  readonly outputs: readonly ServedOutput[];
  readonly notes: readonly string[];
}

/** The name of an output of a file that does not name its label. */
const UNNAMED = "prediction";
const ZIP_MAP = "ai.onnx.ml.ZipMap";

/**
 * The outputs of a file that predict the labels of a blueprint.
 *
 * Several labels, or heads, need outputs of their names; the classes of one label may be the columns of one output. A single label is predicted by the output with its name, by
 * `prediction`, or by the only output of float32. Of a classifier's two columns the second one counts: the probability
 * of class 1.
 *
 * @param output the name of the one that predicts the only label; absent: it is looked for
 * @throws DomainError `UNFIT_MODEL` when there is none, or more than one
 */
export function outputsOf(signature: ModelSignature, blueprint: Blueprint, output: string | undefined): ModelOutputs {
  const floats = signature.outputs.flatMap((one): readonly Candidate[] => {
    const maps = signature.nodes.find(({ operator, outputs }) => operator === ZIP_MAP && outputs[0] === one.name);
    if (maps !== undefined)
      return [
        {
          value: { name: one.name, element: FLOAT32, shape: [null, classesOf([maps])?.length ?? null] },
          tensor: maps.inputs[0]!,
        },
      ];
    return one.element === FLOAT32 ? [{ value: one, tensor: one.name }] : [];
  });
  const { labels } = blueprint;
  const heads = Array.from({ length: headsOf(blueprint) }, (_, at) => at + 1);
  const names = labels.flatMap(({ name }) => [name, ...heads.map((head) => headName(name, head))]);
  if (names.length === 1) {
    const found = onlyOutput(signature, floats, names[0]!, output);
    return served(signature, found, names[0]!, labels[0]!.objective === "binary");
  }
  const units = unitsOf(labels, ({ oneOf }) => oneOf?.label);
  if (output !== undefined && (units.length > 1 || heads.length > 0))
    throw unfit(`--output ${output} is for a single output, and the blueprint needs ${names.join(", ")}`);
  const own = (name: string): ModelOutputs => {
    const found = floats.find(({ value }) => value.name === name);
    if (found === undefined)
      throw unfit(`it has no output "${name}" float[N, 1], as the blueprint needs: it has ${shown(signature.outputs)}`);
    return { outputs: served(signature, found, name, false).outputs, notes: [] };
  };
  const all = units.flatMap((unit): readonly ModelOutputs[] => {
    const classes =
      unit.length > 1 && heads.length === 0 ? classOutputs(signature.nodes, floats, unit, output) : undefined;
    if (classes !== undefined) return [classes];
    return unit.flatMap(({ name }) => [name, ...heads.map((head) => headName(name, head))]).map(own);
  });
  return { outputs: all.flatMap(({ outputs }) => outputs), notes: all.flatMap(({ notes }) => notes) };
}

function onlyOutput(
  { outputs }: ModelSignature,
  floats: readonly Candidate[],
  label: string,
  asked: string | undefined,
): Candidate {
  const byName = (name: string): Candidate | undefined => floats.find(({ value }) => value.name === name);
  if (asked !== undefined) {
    const found = byName(asked);
    if (found !== undefined) return found;
    throw unfit(`it has no float output "${asked}": it has ${shown(outputs)}`);
  }
  const found = byName(label) ?? byName(UNNAMED) ?? (floats.length === 1 ? floats[0] : undefined);
  if (found !== undefined) return found;
  throw unfit(
    floats.length === 0
      ? `no output is float[N, 1]: it has ${shown(outputs)}; export probabilities or values as float32`
      : `several outputs may predict "${label}": ${shown(floats.map(({ value }) => value))}; name one with --output`,
  );
}

const shown = (values: readonly GraphValue[]): string => values.map(valueText).join("; ");

function served(
  { nodes }: Pick<ModelSignature, "nodes">,
  { value, tensor }: Candidate,
  label: string,
  binary: boolean,
): ModelOutputs {
  const width = value.shape?.length === 2 ? value.shape[1] : 1;
  if (width === 2 && binary) {
    const classes = classesOf(nodes);
    if (classes !== undefined && !isZeroAndOne(classes)) {
      throw unfit(
        `its classes are ${classes.join(", ")}: train it on 0 and 1, so that its second column is the probability of 1`,
      );
    }
    const note = `${label} is the second column of ${value.name}: the probability of ${classes === undefined ? "the second class, which has to be 1" : "class 1"}`;
    return { outputs: [{ tensor, name: label, column: 1 }], notes: [note] };
  }
  if (typeof width === "number" && width !== 1) {
    throw unfit(
      `its output ${valueText(value)} is not one float a row: ` +
        (binary
          ? "export a model of the classes 0 and 1, or its probability of 1 as float[N, 1]"
          : "export it as float[N, 1]"),
    );
  }
  return {
    outputs: [{ tensor, name: label }],
    notes: value.name === label || value.name === UNNAMED ? [] : [`${label} is the output ${value.name}`],
  };
}

const isZeroAndOne = (classes: readonly string[]): boolean =>
  ["0,1", "false,true", "0.0,1.0"].includes(classes.join(",").toLowerCase());
