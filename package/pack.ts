import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packedManifest, type Manifest } from "./packed-manifest.ts";

// npm runs it `before` and `after` it packs. In a checkout the package's entries are the sources; in the packed file
// they are the built files.

const root = join(import.meta.dirname, "..");
const manifest = join(root, "package.json");
/** The checkout's manifest while npm packs. */
const kept = join(root, ".package.json.kept");

const step = process.argv[2];
if (step !== "before" && step !== "after") throw new Error("usage: node package/pack.ts before | after");
// Also after a packing that was killed.
if (existsSync(kept)) renameSync(kept, manifest);
if (step === "before") {
  execFileSync(process.execPath, [join(root, "package/build.ts")], { stdio: ["ignore", 2, 2] });
  const text = readFileSync(manifest, "utf8");
  writeFileSync(kept, text);
  writeFileSync(manifest, `${JSON.stringify(packedManifest(JSON.parse(text) as Manifest), undefined, 2)}\n`);
}
