import { expect, test } from "vitest";
import { encodeFrame, FrameReader, MAX_FRAME_BYTES } from "../../../../streams/backbones/local/frames.ts";

const messages = [
  { id: 1, bytes: Uint8Array.of(0, 255, 7), none: null, nothing: undefined },
  "",
  { list: Array.from({ length: 500 }, (_, i) => i), far: Number.POSITIVE_INFINITY },
  { buffer: Buffer.from("größe") },
];

test("messages come out as they went in, however the stream is cut", () => {
  const stream = Buffer.concat(messages.flatMap((message) => [...encodeFrame(message)]));
  for (const size of [1, 2, 3, 5, 64, 1_000, stream.length]) {
    const reader = new FrameReader();
    const read: unknown[] = [];
    for (let at = 0; at < stream.length; at += size) read.push(...reader.push(stream.subarray(at, at + size)));
    expect(read).toEqual(messages);
  }
});

test("a length over the limit is refused before its body is waited for", () => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(MAX_FRAME_BYTES + 1);
  expect(() => [...new FrameReader().push(header)]).toThrow(/too long/);
});

test("a body that V8 can't read is refused, after the messages before it", () => {
  const reader = new FrameReader();
  const read = reader.push(Buffer.concat([...encodeFrame("good"), Buffer.from([0, 0, 0, 2, 1, 2])]));
  expect(read.next().value).toBe("good");
  expect(() => read.next()).toThrow();
});

test("a message over the limit is a RECORD_TOO_LARGE of the caller", () => {
  expect(() => encodeFrame(new Uint8Array(MAX_FRAME_BYTES))).toThrow(
    expect.objectContaining({ code: "RECORD_TOO_LARGE" }),
  );
});
