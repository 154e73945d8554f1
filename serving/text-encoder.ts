import { DomainError } from "../schemas/index.ts";
import { loadOnnxRuntime, ON_THIS_THREAD } from "./onnx/onnx-runtime.ts";

/** Turns texts into vectors of one length. */
export interface TextVectorEncoder {
  /** Numbers of a vector. */
  readonly length: number;
  /**
   * The same text has the same vector, whatever was encoded before: texts are run one by one, and numbers have six
   * significant digits. The vectors of the newest 10,000 texts are remembered. Rejects with `BAD_MODEL` if the file makes
   * no finite numbers of the text.
   */
  encode(text: string): Promise<readonly number[]>;
  /** Of the memory of the library; it encodes no more. */
  release(): Promise<void>;
}

const REMEMBERED = 10_000;
const DIGITS = 6;

/**
 * An encoder of texts that is an ONNX file: one input of texts, `[N]` or `[N, 1]`, and a first output `float[N, length]`. What cuts a
 * text into words is a part of the graph. It is run by ONNX Runtime on the calling thread.
 *
 * @throws DomainError `BAD_MODEL` for another file, `PACKAGE_MISSING` without the package onnxruntime-node
 */
export async function openTextEncoder(onnx: Uint8Array): Promise<TextVectorEncoder> {
  const { InferenceSession, Tensor } = await loadOnnxRuntime("an encoder of texts", "its input is text");
  const session = await InferenceSession.create(onnx, ON_THIS_THREAD).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DomainError("BAD_MODEL", `the encoder does not load as an ONNX model: ${reason}`, cause);
  });
  const { inputNames, inputMetadata, outputNames, outputMetadata } = session;
  const [input, output] = [inputMetadata[0], outputMetadata[0]];
  const [rank, length] = [input?.isTensor ? input.shape.length : 0, output?.isTensor ? output.shape.at(-1) : undefined];
  const fits = inputNames.length === 1 && input?.isTensor === true && input.type === "string" && rank >= 1 && rank <= 2;
  if (!fits || output?.isTensor !== true || output.type !== "float32" || typeof length !== "number") {
    await session.release();
    throw new DomainError(
      "BAD_MODEL",
      "an encoder has one input of texts, string[N] or string[N, 1], and its first output is float[N, length]; " +
        `this one has ${inputNames.join(", ") || "no input"} and ${outputNames.join(", ") || "no output"}`,
    );
  }
  const remembered = new Map<string, readonly number[]>();
  const run = async (text: string): Promise<readonly number[]> => {
    const found = await session.run({ [inputNames[0]!]: new Tensor("string", [text], rank === 1 ? [1] : [1, 1]) });
    const vector = found[outputNames[0]!]?.data;
    if (vector instanceof Float32Array && vector.length === length && vector.every(Number.isFinite))
      return Array.from(vector, (number) => Number(number.toPrecision(DIGITS)) + 0);
    throw new DomainError(
      "BAD_MODEL",
      `the encoder does not make ${length} finite numbers of ${JSON.stringify(text.slice(0, 40))}`,
    );
  };
  return {
    length,
    async encode(text) {
      const known = remembered.get(text);
      if (known !== undefined) {
        remembered.delete(text);
        remembered.set(text, known);
        return known;
      }
      const vector = await run(text);
      remembered.set(text, vector);
      if (remembered.size > REMEMBERED) remembered.delete(remembered.keys().next().value!);
      return vector;
    },
    release: () => session.release(),
  };
}
