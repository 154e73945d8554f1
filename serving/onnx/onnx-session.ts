import type { InferenceSession } from "onnxruntime-node";
import type { Predictor } from "./predictor.ts";

/** A model run by ONNX Runtime, which works on the calling thread. It is loaded for the first such model. */
export async function openOnnxModel(onnx: Uint8Array): Promise<Predictor> {
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const session = await InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
    logSeverityLevel: 3,
  }).catch((cause: unknown) => {
    throw new Error(`these ${onnx.length} bytes do not load as an ONNX model; publish the model again`, { cause });
  });
  const { input, output, columns } = await signature(session);
  return {
    columns,
    async predict(features, rows) {
      const results = await session.run({ [input]: new Tensor("float32", features, [rows, columns]) });
      const predictions = results[output]?.data;
      if (!(predictions instanceof Float32Array) || predictions.length !== rows) {
        throw new Error(`the model's output ${output} is not one float32 a row; train it again with this version`);
      }
      return predictions;
    },
    release: () => session.release(),
  };
}

async function signature(session: InferenceSession): Promise<{ input: string; output: string; columns: number }> {
  const input = session.inputNames[0];
  const output = session.outputNames[0];
  const shape = session.inputMetadata[0];
  const columns = shape?.isTensor ? shape.shape[1] : undefined;
  if (session.inputNames.length === 1 && input !== undefined && output !== undefined && typeof columns === "number") {
    return { input, output, columns };
  }
  await session.release();
  throw new Error(`a model needs one input float[N, columns]; this one has ${session.inputNames.join(", ") || "none"}`);
}
