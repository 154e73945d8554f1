import type { LabelConfig } from "../../blueprints/index.ts";
import type { OnnxNode } from "../../serving/index.ts";
import type { ServedOutput } from "../onnx/index.ts";
import { valueText, type GraphValue } from "./model-signature.ts";
import { unfit } from "./unfit.ts";

/** An output that may serve. */
export interface Candidate {
  readonly value: GraphValue;
  /** The tensor with its values. */
  readonly tensor: string;
}

/**
 * The columns of a classifier's output float[N, classes], one for each class of a label: by the names of the file's classes, or
 * in their order where those are numbers from 0 or are not there. `undefined`: each class has an output of its own, or there is none.
 *
 * @param unit the labels of the classes
 * @param asked the name of the output; absent: the one with the label's name, or the only one with so many columns
 * @throws DomainError `UNFIT_MODEL` where its classes are not those of the label
 */
export function classOutputs(
  nodes: readonly OnnxNode[],
  floats: readonly Candidate[],
  unit: readonly LabelConfig[],
  asked: string | undefined,
): { readonly outputs: readonly ServedOutput[]; readonly notes: readonly string[] } | undefined {
  const { label, classes } = unit[0]!.oneOf!;
  const named = (name: string): Candidate | undefined => floats.find(({ value }) => value.name === name);
  if (asked === undefined && unit.every(({ name }) => named(name) !== undefined)) return undefined;
  const wide = floats.filter(({ value }) => value.shape?.length === 2 && value.shape[1] === classes.length);
  const found = asked === undefined ? (named(label) ?? (wide.length === 1 ? wide[0] : undefined)) : named(asked);
  if (found === undefined) return undefined;
  if (!wide.includes(found))
    throw unfit(
      `its output ${valueText(found.value)} is not float[N, ${classes.length}], a probability for each class of ${label}: ${classes.join(", ")}`,
    );
  const own = classesOf(nodes);
  const isNumbered = own?.every((each, at) => Number(each) === at) ?? true;
  const isNamed = own?.length === classes.length && classes.every((each) => own.includes(each));
  if (!isNumbered && !isNamed)
    throw unfit(
      `its classes are ${own!.join(", ")}: train it on ${classes.join(", ")}, the classes of ${label}, or on 0 to ${classes.length - 1} in this order`,
    );
  const columnOf = (each: string, at: number): number => (isNamed ? own!.indexOf(each) : at);
  const outputs = unit.map(({ name }, at) => ({
    ...{ tensor: found.tensor, name },
    column: columnOf(classes[at]!, at),
  }));
  const order = isNamed ? "by their names" : "in this order";
  return {
    outputs,
    notes: [`the classes of ${label} are the columns of ${found.value.name}, ${order}: ${classes.join(", ")}`],
  };
}

const CLASSES = ["classlabels_int64s", "classlabels_ints", "classlabels_strings"];

/** The classes that nodes name, in the order of their columns; `undefined`: none does. */
export function classesOf(nodes: readonly OnnxNode[]): readonly string[] | undefined {
  for (const { attributes } of nodes) {
    for (const name of CLASSES) {
      const attribute = attributes.get(name);
      const classes = [...(attribute?.integers.map(String) ?? []), ...(attribute?.texts ?? [])];
      if (classes.length > 0) return classes;
    }
  }
  return undefined;
}
