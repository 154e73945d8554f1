import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packedManifest, type Manifest } from "../../package/packed-manifest.ts";
import { root } from "../source-graph.ts";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;

test("an entry that is a source becomes its built program and its declarations, and another stays", () => {
  const packed = packedManifest(manifest);
  expect(packed.exports["./client"]).toEqual({ types: "./dist/client/index.d.ts", default: "./dist/client/index.js" });
  expect(packed.exports["./browser"]).toEqual({
    types: "./dist/browser/index.d.ts",
    default: "./dist/browser/page.js",
  });
  expect(packed.exports["./package.json"]).toBe("./package.json");
  expect(packed.types).toBe("./dist/loop/embed/index.d.ts");
  expect(JSON.stringify(packed)).not.toMatch(/(?<!\.d)\.ts"/);
});

test("the packed manifest has no script and no package that only a checkout needs", () => {
  expect(packedManifest(manifest)).not.toHaveProperty("scripts");
  expect(packedManifest(manifest)).not.toHaveProperty("devDependencies");
});
