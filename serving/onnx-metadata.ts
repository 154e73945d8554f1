import { protobufFields } from "./protobuf-reader.ts";

/** ModelProto.metadata_props, and StringStringEntryProto's two fields, in onnx.proto. */
const METADATA_PROPS = 14;
const KEY = 1;
const VALUE = 2;

/**
 * The strings an ONNX file carries in `metadata_props`; the runtime does not expose them.
 *
 * @throws RangeError when the bytes are not an ONNX file
 */
export function readOnnxMetadata(onnx: Uint8Array): Readonly<Record<string, string>> {
  const text = new TextDecoder();
  const entries: [string, string][] = [];
  for (const entry of protobufFields(onnx)) {
    if (entry.field !== METADATA_PROPS || entry.kind !== "bytes") continue;
    let key = "";
    let value = "";
    for (const part of protobufFields(entry.value)) {
      if (part.kind !== "bytes") continue;
      if (part.field === KEY) key = text.decode(part.value);
      if (part.field === VALUE) value = text.decode(part.value);
    }
    entries.push([key, value]);
  }
  return Object.freeze(Object.fromEntries(entries));
}
