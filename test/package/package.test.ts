import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../source-graph.ts";
import { costLine, costsOf, filesOf, heavyParts, installedBytes, type Cost } from "./import-cost.ts";
import { nodeVersions, packedProject, type Project } from "./packed.ts";

let project: Project;
beforeAll(async () => {
  project = await packedProject();
  const example = (file: string, as = file): void => cpSync(join(root, "examples", file), join(project.dir, as));
  example("reminders.yaml");
  // The examples that hold no types are JavaScript as they are.
  example("embed.ts", "embed.js");
  cpSync(join(import.meta.dirname, "measure-import.js"), join(project.dir, "measure-import.js"));
  for (const name of ["embed.ts", "decide.ts"]) example(name);
}, 900_000);
afterAll(() => project?.[Symbol.dispose]());

const text = (file: string): string => readFileSync(join(root, file), "utf8");
const { version, exports } = JSON.parse(text("package.json")) as {
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
};
const entries = Object.keys(exports)
  .filter((name) => name !== "./package.json")
  .map((name) => `loopstream${name.slice(1)}`);

describe("the packed package in an empty project", () => {
  test.each(nodeVersions)("runs the embedded loop from plain JavaScript on Node %s, without a flag", async (node) => {
    const { stdout, stderr } = await project.node(node, ["embed.js"]);
    expect(stdout).toBe(text("examples/embed.out"));
    expect(stderr).toBe("");
  });

  test.each(nodeVersions)("gives every entry to Node %s", async (node) => {
    const names = JSON.stringify(entries);
    const script = `for (const name of ${names}) console.log(name, Object.keys(await import(name)).length > 1);`;
    const { stdout } = await project.node(node, ["--input-type=module", "-e", script]);
    expect(stdout.trim().split("\n")).toEqual(entries.map((name) => `${name} true`));
  });

  test("compiles in strict TypeScript that checks the package's declarations too, and runs", async () => {
    const { devDependencies } = JSON.parse(text("package.json")) as { devDependencies: Record<string, string> };
    // An entry's optional peer is there for those who use the entry.
    await project.install(
      ...["typescript", "@types/node", "@openfeature/server-sdk"].map((name) => `${name}@${devDependencies[name]}`),
    );
    const imports = entries.map((name, at) => `import * as entry${at} from "${name}";`).join("\n");
    project.write(
      "entries.ts",
      `${imports}\nexport const all = [${entries.map((_, at) => `entry${at}`).join(", ")}];\n`,
    );
    const compilerOptions = {
      ...{ module: "nodenext", target: "es2023", strict: true, skipLibCheck: false, outDir: "out" },
      ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, types: ["node"] },
    };
    project.write("tsconfig.json", JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    const compiled = await project
      .node("24", ["node_modules/typescript/bin/tsc", "--listFiles"])
      .catch((error: unknown) => error as { readonly stdout: string });
    expect(compiled.stdout.split("\n").filter((line) => line.includes("error TS"))).toEqual([]);
    cpSync(join(project.dir, "reminders.yaml"), join(project.dir, "out/reminders.yaml"));
    expect((await project.node("22", ["out/embed.js"])).stdout).toBe(text("examples/embed.out"));
  }, 900_000);

  test("brings the command line, with the demo's files", async () => {
    expect((await project.npx(["loopstream", "--version"])).stdout.trim()).toBe(version);
    const demo = await project.npx([
      "loopstream",
      "demo",
      "--once",
      "--json",
      "--until",
      "2013-01-02",
      "--dir",
      "demo",
    ]);
    expect(JSON.parse(demo.stdout)).toMatchObject({ decisions: expect.any(Number) as number });
  }, 900_000);

  test("names the optional package that a model or a setting needs and that is not installed", async () => {
    const script = `
      import { createRocksEngine } from "loopstream/streams";
      import { openOnnxModel } from "./node_modules/loopstream/dist/serving/onnx/onnx-session.js";
      const told = ({ code, message }) => console.log(code, /npm install .*(?:rocksdb-native|onnxruntime-node)@/.test(message));
      await openOnnxModel(new Uint8Array()).catch(told);
      await createRocksEngine("state").open("state").catch(told);`;
    project.write("missing.js", script);
    const { stdout } = await project.node("24", ["missing.js"]);
    expect(stdout.trim().split("\n")).toEqual(["PACKAGE_MISSING true", "ENGINE_MISSING true"]);
  });
});

describe("the client entry of the packed package", () => {
  test("takes at most a fifth of the whole: on the disk, in time and in memory", async () => {
    const imports = [["loopstream/client"], ["loopstream"], ["loopstream", ...heavyParts]];
    const measured = await costsOf(project, imports);
    const costs: (Cost & { readonly disk: number })[] = [];
    for (const [at, names] of imports.entries()) {
      costs.push({ ...measured[at]!, disk: installedBytes(await filesOf(project, ...names)) });
      console.log(costLine(names.length > 1 ? "loopstream with all that a loop may load" : names[0]!, costs.at(-1)!));
    }
    const [client, , whole] = costs;
    // The memory of a process varies by some MiB from run to run: it is shown, and its heap is held.
    for (const cost of ["disk", "ms", "heap"] as const) {
      expect(client![cost], cost).toBeLessThanOrEqual(whole![cost] / 5);
    }
  }, 900_000);

  test("loads no model, state engine, training, broker's library or language of blueprints", async () => {
    const files = await filesOf(project, "loopstream/client");
    const all = (pattern: RegExp): readonly string[] =>
      [...new Set(files.flatMap((file) => pattern.exec(file)?.[1] ?? []))].sort();
    expect(all(/\/loopstream\/dist\/([^/]+)\//)).toEqual(["client", "schemas", "streams"]);
    expect(all(/\/node_modules\/(?!loopstream\/)((?:@[^/]+\/)?[^/]+)\//)).toEqual(["avsc"]);
    expect(all(/\/streams\/((?:state|task|runtime|leveldb|backbones\/embedded|backbones\/kafka)\/.*)/)).toEqual([]);
  });
});

test("the browser entry of the packed package is one file, and loads no other", async () => {
  const files = await filesOf(project, "loopstream/browser");
  expect(files.map((file) => file.slice(file.indexOf("/loopstream/")))).toEqual(["/loopstream/dist/browser/page.js"]);
});
