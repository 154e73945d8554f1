#!/usr/bin/env node
import { createProgram } from "./program.ts";

// `loopstream rows … | head` ends when its reader does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

await createProgram().parseAsync();
