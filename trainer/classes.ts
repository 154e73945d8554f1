/**
 * Labels that are learnt and judged as one: all classes of a label, or a label alone. Classes stand beside each other.
 *
 * @param classOf the label that an item is a class of; `undefined`: it is a label of its own
 */
export function unitsOf<T>(items: readonly T[], classOf: (item: T) => string | undefined): readonly (readonly T[])[] {
  const units: T[][] = [];
  let last: string | undefined;
  for (const item of items) {
    const label = classOf(item);
    if (label !== undefined && label === last) units.at(-1)!.push(item);
    else units.push([item]);
    last = label;
  }
  return units;
}

/** Of each row the class that is 1. @param classes a list each, one number a row: 0 or 1 */
export const classNumbers = (classes: readonly Float32Array[]): Float32Array =>
  Float32Array.from(classes[0]!, (_, row) => classes.findIndex((values) => values[row] === 1));

/** Rows × outputs, row-major. @param outputs a list each, one number a row */
export function rowMajor(outputs: readonly Float32Array[]): Float32Array {
  if (outputs.length === 1) return outputs[0]!;
  const all = new Float32Array(outputs[0]!.length * outputs.length);
  for (const [at, values] of outputs.entries()) {
    for (let row = 0; row < values.length; row++) all[row * outputs.length + at] = values[row]!;
  }
  return all;
}

/** The same list for every row, row-major. */
export const everyRow = (values: readonly number[], rows: number): Float32Array =>
  Float32Array.from({ length: rows * values.length }, (_, at) => values[at % values.length]!);
