import type * as OnnxRuntime from "onnxruntime-node";
import { DomainError } from "../../schemas/index.ts";

const packageName = "onnxruntime-node";

/** Options of a session that works on the calling thread. */
export const ON_THIS_THREAD: OnnxRuntime.InferenceSession.SessionOptions = {
  ...{ intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 },
  executionMode: "sequential",
};

/**
 * Rejects with `PACKAGE_MISSING`, the reason and the command that installs the package, if it is missing or does not load.
 *
 * @param what is to be run, and why it needs the package
 */
export async function loadOnnxRuntime(what: string, reason: string): Promise<typeof OnnxRuntime> {
  try {
    return await import(packageName);
  } catch (error) {
    throw new DomainError(
      "PACKAGE_MISSING",
      `${what} is not run without ONNX Runtime (${reason}), and needs the package ${packageName}: ` +
        `npm install ${packageName}@1.30 --onnxruntime-node-install=skip (without CUDA, which is not used)`,
      error,
    );
  }
}
