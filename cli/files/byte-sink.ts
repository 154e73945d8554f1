import { once } from "node:events";
import { open, rename, rm } from "node:fs/promises";
import { PassThrough, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { asAskedFor } from "../process/file-modes.ts";
import { stderrLine } from "../terminal/status-line.ts";
import { tableError } from "./table-error.ts";

/** Takes the bytes of a file, in the order they are given. A write resolves when there is room for more. */
export interface ByteSink {
  write(chunk: string | Uint8Array): Promise<void>;
  /** All of it is written for good. */
  finish(): Promise<void>;
  /** Drops the written bytes, if it can. */
  abort(): Promise<void>;
}

/**
 * A file that takes its name only when it is complete. Until then it is `path.partial`, and a file that had the name
 * stays.
 */
export async function fileSink(path: string, gzip: boolean): Promise<ByteSink> {
  const partial = `${path}.partial`;
  const fail = (error: unknown): never => {
    throw tableError(path, error);
  };
  const handle = await open(partial, "w").catch(fail);
  await asAskedFor(handle);
  const head: Writable & NodeJS.ReadableStream = gzip ? createGzip() : new PassThrough();
  const written = pipeline(head, handle.createWriteStream({ flush: true }));
  // The next write or finish meets the failure; until then it must not count as unhandled.
  written.catch(() => undefined);
  return {
    async write(chunk) {
      if (!head.write(chunk)) await Promise.race([once(head, "drain"), written]).catch(fail);
    },
    async finish() {
      head.end();
      await written.then(() => rename(partial, path)).catch(fail);
    },
    async abort() {
      head.destroy();
      await written.catch(() => undefined);
      await rm(partial, { force: true }).catch(fail);
    },
  };
}

/** Standard output, left open. A reader that goes away (`| head`) is an error of the next write. */
export function stdoutSink(stdout: Writable = process.stdout): ByteSink {
  // The failure reaches the writer through its callback; without a listener the same error would end the process.
  const ignore = (): void => undefined;
  stdout.on("error", ignore);
  if ((stdout as Partial<NodeJS.WriteStream>).isTTY === true) stderrLine.end();
  return {
    write(chunk) {
      return new Promise((resolve, reject) => {
        stdout.write(chunk, (error) => (error ? reject(tableError("standard output", error)) : resolve()));
      });
    },
    async finish() {
      stdout.off("error", ignore);
    },
    async abort() {},
  };
}

/** Standard output (`-`), or a file. */
export const sinkTo = async (path: string, gzip: boolean): Promise<ByteSink> =>
  path === "-" ? stdoutSink() : fileSink(path, gzip);

/** The end of what is written to a sink: there is one alone. */
export interface Ending {
  readonly isOpen: () => boolean;
  /** Completes it: only now there is a file of that name. */
  readonly close: () => Promise<void>;
  /** Gives up: the unfinished file is removed, one that was there before stays. Does nothing after `close`. */
  readonly abort: () => Promise<void>;
}

/** @param complete writes what comes last */
export function endingOf(sink: ByteSink, complete: () => Promise<unknown>): Ending {
  let open = true;
  return {
    isOpen: () => open,
    async close() {
      if (!open) return;
      open = false;
      try {
        await complete();
        await sink.finish();
      } catch (error) {
        await sink.abort();
        throw error;
      }
    },
    async abort() {
      if (!open) return;
      open = false;
      await sink.abort();
    },
  };
}
