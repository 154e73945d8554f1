import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import ts from "typescript";

export const root = join(import.meta.dirname, "..");

/** What a checkout holds beside the sources: packages, local state, servers, reports. Hidden folders are left out too. */
const notSources = new Set(["node_modules", "coverage", "dist"]);

export interface Import {
  readonly from: string;
  /** A file of the project, or the bare name of a package. */
  readonly to: string;
  readonly relative: boolean;
}

/** Folders at the top of the project. */
export function topFolders(): readonly string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !notSources.has(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** Every .ts file below a folder of the project, with `/` between folders. */
export function sourcesOf(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((file) => !file.includes("node_modules/"))
    .sort();
}

/** Every import of a file: values, types, re-exports, `import()` and the files that workers are started from. */
export function importsOf(file: string): readonly Import[] {
  return importsIn(file, readFileSync(join(root, file), "utf8"));
}

export function importsIn(file: string, text: string): readonly Import[] {
  const named = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const started = [...text.matchAll(/new URL\("(\.[^"]*\.ts)", import\.meta\.url\)/g)].map((match) => match[1]!);
  return [...named, ...started].map((name) => {
    const isRelative = name.startsWith(".");
    return { from: file, to: isRelative ? posix.join(dirname(file), name) : name, relative: isRelative };
  });
}

/** Files that import each other in a ring: the strongly connected components of more than one file (Tarjan 1972). */
export function rings(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const found: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    for (const next of edges.get(file) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(file, Math.min(low.get(file)!, low.get(next)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const ring = stack.splice(stack.indexOf(file));
    if (ring.length > 1 || (edges.get(file) ?? []).includes(file)) found.push(ring.sort());
  };
  for (const file of edges.keys()) if (!index.has(file)) visit(file);
  return found;
}
