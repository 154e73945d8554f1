#!/usr/bin/env -S node --max-semi-space-size=32 --no-allocation-site-pretenuring
// The flags: V8's young generation would grow to 128 MiB, for no more decisions a second; and what it made among the old objects at once would keep
// the records it refers to until a full collection (docs/performance.md).
import { createProgram } from "./program.ts";

// `loopstream rows … | head` ends when its reader does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

await createProgram().parseAsync();
