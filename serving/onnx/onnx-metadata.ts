import { Message } from "./protobuf-reader.ts";

/** ModelProto.metadata_props, and StringStringEntryProto's two fields, in onnx.proto. */
const METADATA_PROPS = 14;
const KEY = 1;
const VALUE = 2;

/**
 * The strings in an ONNX file's `metadata_props`; the runtime does not expose them.
 *
 * @throws DomainError `BAD_MODEL` when the bytes are not an ONNX file
 */
export function readOnnxMetadata(onnx: Uint8Array): Readonly<Record<string, string>> {
  const entries = Message.of(onnx).messages(METADATA_PROPS);
  return Object.freeze(Object.fromEntries(entries.map((entry) => [entry.text(KEY), entry.text(VALUE)])));
}
