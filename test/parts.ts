import { readdirSync } from "node:fs";

/** Of tests of logic alone, which leave nothing behind in their process: a worker loads the sources once for all of them. */
const rooms = [
  ...["blueprints", "catalogue", "cli", "client", "local", "openfeature"],
  ...["operators", "recompute", "rows", "schemas", "serving", "statistics"],
];
/** It adds a learner to those that there are. */
const alone = "test/blueprints/learners/parameters.test.ts";

/** The tests without a server, in the two parts that `npm test` runs one after the other. */
export const parts = ["logic", "others"] as const;
export type Part = (typeof parts)[number];

interface Selection {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Whether each file has a process of its own. */
  readonly isolate: boolean;
}

/** @param part `undefined`: all tests, as by hand. */
export function selected(part: string | undefined): Selection {
  if (part === undefined) return { include: ["test/**/*.test.ts"], exclude: [], isolate: true };
  const below = (folders: readonly string[]): readonly string[] => folders.map((name) => `test/${name}/**/*.test.ts`);
  if (part === "logic") return { include: below(rooms), exclude: [alone], isolate: false };
  const folders = readdirSync(import.meta.dirname).filter((name) => !name.includes(".") && !rooms.includes(name));
  return { include: ["test/*.test.ts", ...below(folders), alone], exclude: [], isolate: true };
}
