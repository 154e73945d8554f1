import { createRequire } from "node:module";

/** The version of loopstream, for provenance and `--version`. */
export const codeVersion = (createRequire(import.meta.url)("loopstream/package.json") as { version: string }).version;
