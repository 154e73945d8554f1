import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { rowSchema } from "../../rows/index.ts";
import { DomainError } from "../../schemas/index.ts";

/**
 * The column of the rows that is the reward: a label by its name, or a column by its own. Absent: the blueprint's
 * `reward`, and without one its only label. Throws `BAD_USAGE`.
 */
export function rewardColumn(
  { blueprint, labelColumns }: CompiledBlueprint,
  asked: string | undefined,
): { readonly name: string; readonly column: string } {
  const { reward, useCase } = blueprint;
  const names = labelColumns.map(({ name }) => name);
  if (asked === undefined) {
    if (reward !== null) return { name: "reward", column: "reward" };
    const [only] = labelColumns;
    if (labelColumns.length === 1) return { name: only!.name, column: only!.value };
    throw new DomainError(
      "BAD_USAGE",
      `use case "${useCase}" has several labels and no reward: --reward takes one of ${names.join(", ")}`,
    );
  }
  const label = labelColumns.find(({ name }) => name === asked);
  if (label !== undefined) return { name: asked, column: label.value };
  const fields = rowSchema(blueprint).fields.filter(({ type }) => isNumber(type));
  if (fields.some(({ name }) => name === asked)) return { name: asked, column: asked };
  const others = fields.map(({ name }) => name);
  throw new DomainError(
    "BAD_USAGE",
    `--reward ${asked} is no label and no column of numbers of use case "${useCase}": ${[...names, ...others].join(", ")}`,
  );
}

const isNumber = (type: unknown): boolean => (Array.isArray(type) ? type : [type]).includes("double");
