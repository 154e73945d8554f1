import { join } from "node:path";

/** The project's folder: examples lie there. */
export const root = join(import.meta.dirname, "../..");
