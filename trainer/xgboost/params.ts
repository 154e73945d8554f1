import { XgboostError } from "./library.ts";

/** XGBoost's own parameters by their own names; see its documentation. */
export type XgboostParams = Readonly<Record<string, string | number | boolean>>;

/**
 * Refuses what this build can't do as the native library does. `colsample_bytree` is let through: the columns of a tree
 * are drawn otherwise than natively, and the same for the same seed.
 *
 * @throws XgboostError naming the parameter
 */
export function checkParams(params: XgboostParams): void {
  for (const [name, value] of Object.entries(params)) {
    if ((name === "colsample_bylevel" || name === "colsample_bynode") && Number(value) !== 1) {
      throw new XgboostError(
        "parameters",
        `${name}=${String(value)}: columns are shuffled by the C++ library, so a model sampled by column here would not ` +
          `equal one trained elsewhere; leave ${name} at 1 and use colsample_bytree, subsample or a smaller depth against overfitting`,
      );
    }
    if ((name === "nthread" || name === "n_jobs") && Number(value) !== 1) {
      throw new XgboostError(
        "parameters",
        `${name}=${String(value)}: this build has no threads; use one worker a model`,
      );
    }
    if (name === "device" && value !== "cpu") {
      throw new XgboostError("parameters", `device=${String(value)}: this build only runs on the cpu`);
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new XgboostError("parameters", `${name}=${value} is not a finite number`);
    }
  }
}
