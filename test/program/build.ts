import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

// `node test/program/build.ts <folder>`: the command line as few files, from its sources.

const root = join(import.meta.dirname, "../..");

/** Loaded from `node_modules`: native code, what threads load, and what is not installed. */
const apart = /^(?:classic-level|loopstream|onnxruntime-node|pino|rocksdb-native|ws)(?:\/|$)/;

const bundle = await rolldown({
  input: join(root, "cli/main.ts"),
  platform: "node",
  external: apart,
  // All that the sources do when they are loaded, the bundle does too.
  treeshake: false,
  logLevel: "silent",
  plugins: [
    {
      name: "places of the sources",
      transform(code, id) {
        if (!id.startsWith(root)) return null;
        return code
          .replace(/\bimport\.meta\.url\b/g, JSON.stringify(pathToFileURL(id).href))
          .replace(/\bimport\.meta\.main\b/g, "false")
          .replace(/\b__dirname\b/g, JSON.stringify(dirname(id)))
          .replace(/\b__filename\b/g, JSON.stringify(id));
      },
    },
  ],
});
// By this ending Node knows what they are without reading them first.
const names = { entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" };
await bundle.write({ dir: process.argv[2]!, format: "esm", ...names });
await bundle.close();
