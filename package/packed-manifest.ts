/** The parts of a `package.json` that differ between a checkout and the packed file. */
export interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
  readonly scripts?: unknown;
  readonly devDependencies?: unknown;
}

interface Entry {
  readonly types: string;
  readonly default: string;
}

export type PackedManifest = Omit<Manifest, "exports" | "scripts" | "devDependencies"> & {
  readonly types: string;
  readonly exports: Readonly<Record<string, string | Entry>>;
};

/** The manifest with built files as entries, and without the scripts and packages that only a checkout needs. */
export function packedManifest(manifest: Manifest): PackedManifest {
  const { exports, scripts: _, devDependencies: __, ...rest } = manifest;
  const entries = Object.entries(exports).map(([name, file]): [string, string | Entry] => [name, built(file)]);
  return { ...rest, types: (built(exports["."]!) as Entry).types, exports: Object.fromEntries(entries) };
}

/** Entries that are one file without imports, for pages. */
const pages: Readonly<Record<string, string>> = { "./browser/index.ts": "./dist/browser/page.js" };

function built(file: string): string | Entry {
  if (!file.endsWith(".ts")) return file;
  const stem = file.replace(/^\.\//, "./dist/").slice(0, -".ts".length);
  return { types: `${stem}.d.ts`, default: pages[file] ?? `${stem}.js` };
}
