import type { ModelRecorded } from "../../schemas/index.ts";
import type { WeightSpread } from "../../statistics/index.ts";
import type { NotLearnt } from "../labelled-rows.ts";

export interface TrainRequest {
  readonly useCase: string;
  /** Event time of the training, ms: rows complete after it are left out, and the model is valid after it, unless `publishedAt` says otherwise. */
  readonly until: number;
  /**
   * Asked right before the model is published, ms. Use it if decisions go on during the training: the model is then
   * valid after this time, and not for decisions that were made without it.
   */
  readonly publishedAt?: (() => number) | undefined;
  /** Absent: the version that is live at `until`. */
  readonly blueprintVersion?: string | undefined;
  /** The topic with the rows; absent: the use case's own. */
  readonly rowsTopic?: string | undefined;
  /** Absent: the blueprint's share. 0: nothing is held out, and the model is not promoted. */
  readonly holdout?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export type TrainResult =
  | ({
      readonly kind: "tooFewRows";
      readonly rows: number;
      readonly needed: number;
      /** Of several labels the one that so few rows have. */
      readonly label?: string | undefined;
    } & NotLearnt)
  | ({
      readonly kind: "trained";
      readonly model: ModelRecorded;
      readonly promoted: boolean;
      readonly seconds: number;
      readonly onnx: Uint8Array;
      /** Decision time of the newest row used, trained on or held out; ms. */
      readonly newest: number;
      /** Of the rows that were trained on for the first label; absent: all rows count the same. */
      readonly weights?: WeightSpread | undefined;
    } & NotLearnt);
