import { flag, several, type FlagValues } from "./flag.ts";

/** Vectors of texts, made at the door. */
export const encodeFlags = {
  encoder: flag("--encoder <file>", "an ONNX file that turns a text into numbers, for --encode"),
  encode: several("--encode <columns...>", "VECTOR=TEXT: a column of vectors, made of the texts of another column"),
};

export type EncodeFlags = FlagValues<typeof encodeFlags>;
