/** One field of a protobuf message: a whole number for varints, the raw bytes for everything else. */
export type ProtobufField =
  | { readonly field: number; readonly kind: "integer"; readonly value: number }
  | { readonly field: number; readonly kind: "bytes"; readonly value: Uint8Array };

/**
 * The fields of one message in the order they were written, without copying them.
 *
 * @throws RangeError when the bytes end early or are not protobuf
 */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  let offset = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[offset++];
      if (byte === undefined) throw new RangeError(`protobuf message ends within a number at byte ${offset - 1}`);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      // Ten groups of seven bits hold any 64-bit number.
      if (scale >= 128 ** 9) throw new RangeError(`not protobuf: a number at byte ${offset} does not end`);
    }
  };
  const take = (length: number): Uint8Array => {
    const end = offset + length;
    if (end > bytes.length)
      throw new RangeError(`protobuf message ends at byte ${bytes.length}, ${end} were announced`);
    const part = bytes.subarray(offset, end);
    offset = end;
    return part;
  };
  while (offset < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    switch (tag % 8) {
      case 0:
        yield { field, kind: "integer", value: varint() };
        break;
      case 1:
        yield { field, kind: "bytes", value: take(8) };
        break;
      case 2:
        yield { field, kind: "bytes", value: take(varint()) };
        break;
      case 5:
        yield { field, kind: "bytes", value: take(4) };
        break;
      default:
        throw new RangeError(`not protobuf: wire type ${tag % 8} at byte ${offset}`);
    }
  }
}
