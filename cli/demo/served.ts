import type { CompiledBlueprint, LabelColumns } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { readTopic, type Backbone, type Position, type Serdes } from "../../streams/index.ts";
import { auc } from "../../statistics/index.ts";

/**
 * Follows the rows topic as it grows: the number of rows, and the AUC of the served predictions over the newest ones.
 */
export class ServedWatch {
  readonly #backbone: Backbone;
  readonly #serdes: Serdes;
  readonly #compiled: CompiledBlueprint;
  readonly #next = new Map<number, number>();
  #pairs: { readonly prediction: number; readonly label: number }[] = [];
  rows = 0;

  constructor(backbone: Backbone, serdes: Serdes, compiled: CompiledBlueprint) {
    this.#backbone = backbone;
    this.#serdes = serdes;
    this.#compiled = compiled;
  }

  /** Reads the new rows. @param most rows the AUC looks back on. */
  async update(most: number): Promise<number | undefined> {
    const rows = rowsTopic(this.#compiled);
    const [columns] = this.#compiled.labelColumns as readonly [LabelColumns];
    const from: Position[] = [...this.#next].map(([partition, offset]) => ({ topic: rows.name, partition, offset }));
    for await (const { value, origin } of readTopic(this.#backbone, this.#serdes, rows, { from })) {
      this.rows++;
      this.#next.set(origin.partition, origin.offset + 1);
      const [prediction, label] = [value[columns.prediction], value[columns.value]];
      if (typeof prediction === "number" && typeof label === "number") this.#pairs.push({ prediction, label });
    }
    this.#pairs = this.#pairs.slice(-most);
    const labels = Float32Array.from(this.#pairs, ({ label }) => label);
    if (!labels.includes(0) || !labels.includes(1)) return undefined;
    return auc(
      labels,
      Float32Array.from(this.#pairs, ({ prediction }) => prediction),
    );
  }
}
