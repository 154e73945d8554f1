import { Booster } from "./booster.ts";
import { EarlyStopping, type Validation } from "./early-stopping.ts";
import { check, type Library, loadLibrary, withScratch, word, XgboostError } from "./library.ts";
import { createMatrix, freeMatrix, setRowValues } from "./matrix.ts";
import { marginsOf, parseModel } from "./model.ts";
import { checkParams, type XgboostParams } from "./params.ts";

export interface TrainRequest {
  /** rows × columns float32, row-major; NaN = missing, infinities are refused */
  readonly features: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** one a row */
  readonly labels: Float32Array;
  /** one a row, not negative; all 1 when absent */
  readonly weights?: Float32Array;
  /** What each row's trees are added to: log odds, or values in the label's unit. Absent: all rows start from the mean. */
  readonly margins?: Float32Array | undefined;
  readonly params: XgboostParams;
  /** number of boosting rounds, at least 1 */
  readonly rounds: number;
  /** Absent: all rounds are trained. */
  readonly validation?: Validation;
  /** Called after each round, on the training thread. Throwing from it ends the training. */
  readonly onRound?: (done: number, total: number) => void;
}

/**
 * XGBoost 3.2.0 in WebAssembly: single-threaded, blocking, deterministic. The same rows and parameters (with `seed`)
 * give the same bytes of the model, on any machine and in any order of calls. Predictions equal the native library's
 * to about 1e-7.
 */
export interface Xgboost {
  /** Blocks the thread until all rounds are done. @throws XgboostError with XGBoost's own words */
  train(request: TrainRequest): Booster;
  /** Bytes this instance holds, as many as its largest training needed: 53 MB for 60,000 × 27, at most 4 GB. */
  memory(): number;
}

export interface XgboostOptions {
  /** Gets each line XGBoost prints (a warning about a parameter it does not know, say); standard error by default. */
  readonly onLog?: (line: string) => void;
}

export async function loadXgboost(options: XgboostOptions = {}): Promise<Xgboost> {
  const onLog = options.onLog ?? ((line: string) => void process.stderr.write(`xgboost: ${line}\n`));
  const library = await loadLibrary(onLog);
  return { train: (request) => train(library, request), memory: () => library.HEAPU8.byteLength };
}

function train(library: Library, request: TrainRequest): Booster {
  checkParams(request.params);
  checkLengths(request);
  const matrix = createMatrix(library, request.features, request.rows, request.columns);
  try {
    setRowValues(library, matrix, "label", request.labels);
    if (request.weights) setRowValues(library, matrix, "weight", request.weights);
    if (request.margins) setRowValues(library, matrix, "base_margin", request.margins);
    const handle = createBooster(library, matrix);
    const booster = new Booster(library, handle, request.columns);
    try {
      for (const [name, value] of Object.entries({ validate_parameters: true, ...request.params, nthread: 1 })) {
        setParam(library, handle, name, String(value));
      }
      booster.rounds = boost(library, booster, handle, matrix, request);
    } catch (error) {
      booster.free();
      throw error;
    }
    return booster;
  } finally {
    freeMatrix(library, matrix);
  }
}

/** @returns the rounds after which the loss of the validation rows was smallest; all, if there are none */
function boost(library: Library, booster: Booster, handle: number, matrix: number, request: TrainRequest): number {
  const { rounds, columns, validation, onRound } = request;
  const stopping = validation && new EarlyStopping(library, validation, columns);
  const base = (): readonly number[] => marginsOf(parseModel(booster.toJson()));
  try {
    for (let round = 0; round < rounds; round++) {
      check(library, "training", library._XGBoosterUpdateOneIter(handle, round, matrix));
      onRound?.(round + 1, rounds);
      if (stopping?.isOver(handle, round, base) === true) break;
    }
    return stopping?.best ?? rounds;
  } finally {
    stopping?.free();
  }
}

function checkLengths({ labels, weights, margins, rows, rounds }: TrainRequest): void {
  if (labels.length !== rows) throw new XgboostError("training", `${labels.length} labels for ${rows} rows`);
  if (weights && weights.length !== rows) {
    throw new XgboostError("training", `${weights.length} weights for ${rows} rows`);
  }
  if (margins && margins.length !== rows) {
    throw new XgboostError("training", `${margins.length} margins for ${rows} rows`);
  }
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new XgboostError("training", `rounds=${rounds}; pass a whole number of at least 1`);
  }
}

function createBooster(library: Library, matrix: number): number {
  return withScratch(library, (scratch) => {
    const matrices = scratch.words(1);
    library.HEAPU32[matrices >>> 2] = matrix;
    const out = scratch.words(1);
    check(library, "create booster", library._XGBoosterCreate(matrices, 1n, out));
    return word(library, out);
  });
}

function setParam(library: Library, booster: number, name: string, value: string): void {
  withScratch(library, (scratch) => {
    check(library, `parameter ${name}`, library._XGBoosterSetParam(booster, scratch.text(name), scratch.text(value)));
  });
}
