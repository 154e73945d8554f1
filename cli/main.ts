#!/usr/bin/env -S node --no-allocation-site-pretenuring
// The flag stops V8 from making records among its old objects at once. Such a record keeps the objects that it refers
// to until a full collection (docs/performance.md).
import { keepPrivate } from "./process/file-modes.ts";
import { createProgram } from "./program.ts";

keepPrivate();

// `loopstream rows … | head` ends when its reader does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

await createProgram().parseAsync();
