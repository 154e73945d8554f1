#!/usr/bin/env -S node --no-allocation-site-pretenuring --heap-growing-percent=100
// The flag stops V8 from making records among its old objects at once. Such a record keeps the objects that it refers
// to until a full collection (docs/performance.md).
import { exitCodes } from "./exit-codes.ts";
import { tableError } from "./files/index.ts";
import { keepPrivate } from "./process/file-modes.ts";
import { createProgram } from "./program.ts";

keepPrivate();

// `loopstream rows … | head` ends when its reader does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(exitCodes.ok);
  process.stderr.write(`loopstream: ${tableError("standard output", error).message}\n`);
  process.exit(exitCodes.failed);
});

await createProgram().parseAsync();
