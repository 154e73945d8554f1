import { join } from "node:path";
import { rolldown } from "rolldown";

const root = join(import.meta.dirname, "..");
const standIn = (name: string): string => join(root, `package/stand-ins/${name}.ts`);

/**
 * `loopstream/browser` as one file without imports, from the same sources as the loop. Only what a page lacks has a stand-in: SHA-256,
 * Node's Buffer and Avro.
 */
export async function bundlePage(minify: boolean): Promise<string> {
  const bundle = await rolldown({
    input: join(root, "browser/index.ts"),
    platform: "browser",
    // Modules that nothing is taken from do not run: the runtime's brokers and databases.
    treeshake: { moduleSideEffects: false },
    // What modules that are left out take of `node:crypto`.
    shimMissingExports: true,
    resolve: {
      alias: { "node:crypto": standIn("crypto"), "node:buffer": standIn("buffer"), avsc: standIn("avsc") },
    },
    transform: { inject: { Buffer: [standIn("buffer"), "Buffer"] } },
    // Of modules that are left out in the end.
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "esm", minify });
  await bundle.close();
  const [{ code, imports }] = output;
  if (imports.length > 0) throw new Error(`the page's file imports ${imports.join(", ")}, which no page has`);
  return code;
}
