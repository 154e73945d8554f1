import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FitInput } from "../learners/learner.ts";
import type { KeptSearches, TrialEntry } from "./ledger.ts";

/** One trial that was done. */
export interface KeptTrial {
  readonly entry: TrialEntry;
  /** Of the rows that judge; null: the trial was given up after the sample. */
  readonly predictions: Float32Array | null;
}

/**
 * The trials of one search, a file each. What is kept is the same as what a trial anew would give, so a file that is
 * missing or unreadable costs time alone.
 */
export class KeptTrials {
  readonly #folder: string | undefined;

  /** @param kept absent: nothing is kept */
  constructor(kept: KeptSearches | undefined, input: FitInput<"auto">) {
    this.#folder = kept && join(kept.folder, nameOf(input, kept.codeVersion));
  }

  async read(trial: number): Promise<KeptTrial | undefined> {
    if (this.#folder === undefined) return undefined;
    try {
      const { entry, predictions } = JSON.parse(await readFile(this.#file(trial), "utf8")) as Written;
      return { entry, predictions: predictions === null ? null : floatsOf(predictions) };
    } catch {
      return undefined;
    }
  }

  async write(trial: number, { entry, predictions }: KeptTrial): Promise<void> {
    if (this.#folder === undefined) return;
    const written: Written = { entry, predictions: predictions && textOf(predictions) };
    // A disk that is full must not end the search.
    try {
      await mkdir(this.#folder, { recursive: true });
      const file = this.#file(trial);
      await writeFile(`${file}.new`, JSON.stringify(written));
      await rename(`${file}.new`, file);
    } catch {
      return;
    }
  }

  #file(trial: number): string {
    return join(this.#folder!, `${trial}.json`);
  }
}

/** The predictions are base64 of float32, little-endian. */
interface Written {
  readonly entry: TrialEntry;
  readonly predictions: string | null;
}

/** All that a trial follows from, but for its number. Budgets are not among it: a longer search begins as a shorter one. */
function nameOf({ features, columns, inputs, weights, labels, model }: FitInput<"auto">, codeVersion: string): string {
  const hash = createHash("sha256");
  const { objective, seed } = model;
  const monotone = model.monotone === "none" ? undefined : model.monotone;
  const named = labels.map(({ name, objective: own }) => [name, own]);
  hash.update(JSON.stringify({ codeVersion, columns, inputs, labels: named, objective, seed, monotone }));
  for (const values of [features, ...labels.map((label) => label.values), ...(weights === undefined ? [] : [weights])])
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest("hex").slice(0, 32);
}

const textOf = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("base64");

const floatsOf = (text: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
