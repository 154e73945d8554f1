import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundlePage } from "./bundle-page.ts";

// `npm run build`: the sources as JavaScript with declarations and source maps in dist/, and beside them the files that
// are read while the program runs; and one file for pages.

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
/** Files beside the sources that no compiler moves, by their endings. */
const assets = /\.(?:wasm|cjs|d\.cts)$|\/wasm\/(?:LICENSE|NOTICE)$/;

rmSync(dist, { recursive: true, force: true });
const tsc = join(root, "node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json")], { stdio: "inherit" });

const compiled = filesIn(dist);
for (const file of compiled) if (/\.(?:js|d\.ts)$/.test(file)) rewriteEndings(join(dist, file));
for (const room of new Set(compiled.map((file) => file.split("/")[0]!))) {
  for (const file of filesIn(join(root, room))
    .map((name) => `${room}/${name}`)
    .filter((name) => assets.test(name))) {
    mkdirSync(dirname(join(dist, file)), { recursive: true });
    copyFileSync(join(root, file), join(dist, file));
  }
}

writeFileSync(join(dist, "browser/page.js"), await bundlePage(true));

/**
 * The compiler rewrites the imports of programs, and neither those of declarations nor the files that threads are
 * started from. A new ending is as long as the old one: the places in source maps stay right.
 */
function rewriteEndings(path: string): void {
  const text = readFileSync(path, "utf8");
  const names = path.endsWith(".d.ts")
    ? /((?:from |import\(|import |declare module )"\.{1,2}\/[^"]*)\.ts"/g
    : /(new URL\("\.{1,2}\/[^"]*)\.ts"(?=, import\.meta\.url\))/g;
  const rewritten = text.replaceAll(names, '$1.js"');
  if (rewritten !== text) writeFileSync(path, rewritten);
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    );
}
