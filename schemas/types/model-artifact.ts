// Generated from ../avro/ by `npm run generate`: edit that.

/** A piece of an ONNX file. Its key is sha256/chunk. */
export interface ModelArtifact {
  /** Of the whole file. */
  readonly sha256: string;
  /** From 0. */
  readonly chunk: number;
  /** Of the whole file. */
  readonly chunks: number;
  /** At most 512 KiB. */
  readonly content: Uint8Array;
}

export const modelArtifactSchema = {
  type: "record",
  name: "ModelArtifact",
  namespace: "loopstream",
  doc: "A piece of an ONNX file. Its key is sha256/chunk.",
  fields: [
    { name: "sha256", type: "string", doc: "Of the whole file." },
    { name: "chunk", type: "int", doc: "From 0." },
    { name: "chunks", type: "int", doc: "Of the whole file." },
    { name: "content", type: "bytes", doc: "At most 512 KiB." },
  ],
} as const;
