import { createRequire } from "node:module";

/** Of loopstream, for provenance and `--version`. */
export const codeVersion = (createRequire(import.meta.url)("../package.json") as { version: string }).version;
