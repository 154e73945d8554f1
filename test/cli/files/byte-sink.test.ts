import { createWriteStream } from "node:fs";
import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { stdoutSink } from "../../../cli/files/byte-sink.ts";

test("a write to standard output waits until its reader has taken it", async () => {
  let taken: (() => void) | undefined;
  const slow = new Writable({
    write(_chunk, _encoding, done) {
      taken = done;
    },
  });
  let resolved = false;
  const write = stdoutSink(slow)
    .write("row\n")
    .then(() => (resolved = true));
  await new Promise((turn) => setImmediate(turn));
  expect(resolved).toBe(false);
  taken?.();
  await write;
  expect(resolved).toBe(true);
});

test("standard output is left open", async () => {
  const written: string[] = [];
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString());
      done();
    },
  });
  for (const text of ["one", "two"]) {
    const sink = stdoutSink(stdout);
    await sink.write(text);
    await sink.finish();
  }
  expect(written).toEqual(["one", "two"]);
  expect([stdout.writableEnded, stdout.listenerCount("error")]).toEqual([false, 0]);
});

test.runIf(process.platform === "linux")("a full disk behind standard output is told as one", async () => {
  const write = stdoutSink(createWriteStream("/dev/full")).write("row\n");
  await expect(write).rejects.toMatchObject({ code: "NO_ROOM" });
  await expect(write).rejects.toThrow("standard output: the disk is full");
});
