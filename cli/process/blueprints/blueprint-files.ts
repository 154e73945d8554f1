import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import type { BlueprintFile } from "../../../loop/index.ts";
import { DomainError } from "../../../schemas/index.ts";
import { readText } from "../read-text.ts";

const ENDINGS = /\.ya?ml$/;

/**
 * The texts of files, and of each `*.yaml` and `*.yml` in folders and the folders below them, in the order of their
 * names; a file that is named twice is there once. Names that begin with a point are left out of folders. Throws
 * `BAD_FILE` for each path that can't be read, and for a folder without such a file.
 */
export function blueprintFiles(paths: readonly string[]): readonly BlueprintFile[] {
  const faults: string[] = [];
  const texts = new Map<string, BlueprintFile>();
  const reading = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      faults.push(error.message);
    }
  };
  const read = (file: string): void =>
    reading(() => {
      const text = readText(file);
      const real = realpathSync(file);
      if (!texts.has(real)) texts.set(real, { file, text });
    });
  for (const path of paths) {
    reading(() => {
      if (!isFolder(path)) return read(path);
      const files = [...filesIn(path, new Set())];
      if (files.length === 0) throw new DomainError("BAD_FILE", `${path}: there is no *.yaml file in this folder`);
      for (const file of files) read(file);
    });
  }
  if (faults.length > 0) throw new DomainError("BAD_FILE", [...faults, "nothing was published"].join("\n"));
  return [...texts.values()];
}

/** @param above real paths of the folders on the way: a link back to one of them is not followed */
function* filesIn(folder: string, above: ReadonlySet<string>): Generator<string> {
  const real = realpathSync(folder);
  if (above.has(real)) return;
  for (const name of readdirSync(folder).sort()) {
    if (name.startsWith(".")) continue;
    const path = join(folder, name);
    if (isFolder(path)) yield* filesIn(path, new Set([...above, real]));
    else if (ENDINGS.test(name)) yield path;
  }
}

/** Of a path that leads nowhere the reading tells the reason. */
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
