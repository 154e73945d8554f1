import { createRequire } from "node:module";
import { dirname } from "node:path";

/** The package's folder, found from the sources as from the compiled program: examples lie there. */
export const root = dirname(createRequire(import.meta.url).resolve("loopstream/package.json"));
