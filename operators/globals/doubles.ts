/** Numbers as bytes: doubles, little-endian. */
export const bytesOfDoubles = (numbers: Float64Array): Uint8Array => new Uint8Array(numbers.buffer);

/** The bytes may lie anywhere in their buffer, so they are copied. */
export const doublesOf = (bytes: Uint8Array): Float64Array => new Float64Array(new Uint8Array(bytes).buffer);
