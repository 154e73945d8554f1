import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** What is made of sources, in `node_modules/.cache`, for all tests of all runs until a source changes. */
export interface Kept {
  /** There when it is made. */
  readonly folder: string;
  readonly isThere: boolean;
  /** Where it is made first; two processes may do so at once. */
  readonly begun: string;
  /** Moves it from there to `folder`. */
  done(): void;
}

/** @param sources files and folders of the checkout; a change is seen by a file's size or its time. */
export function kept(name: string, sources: readonly string[]): Kept {
  const hash = createHash("sha256");
  for (const file of sources.flatMap(filesOf).sort()) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  const folder = join(root, "node_modules/.cache", name, hash.digest("hex").slice(0, 16));
  const begun = `${folder}-${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  return {
    folder,
    isThere: existsSync(folder),
    begun,
    done() {
      try {
        renameSync(begun, folder);
      } catch (error) {
        if (!existsSync(folder)) throw error;
        rmSync(begun, { recursive: true });
      }
    },
  };
}

function filesOf(source: string): readonly string[] {
  if (statSync(join(root, source)).isFile()) return [source];
  return readdirSync(join(root, source), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((file) => !file.includes("node_modules"));
}
