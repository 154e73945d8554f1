import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { kept } from "../program/kept.ts";
import { root } from "../source-graph.ts";

const run = promisify(execFile);
const left = new Set(["node_modules", "dist", "coverage", "results", ".git", ".loopstream", ".servers"]);

export interface Said {
  readonly stdout: string;
  readonly stderr: string;
}

/** An empty project into which the packed package is installed as anybody installs it. */
export interface Project extends Disposable {
  readonly dir: string;
  /** Runs a program of the project with this version of Node. */
  node(version: NodeVersion, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Said>;
  npx(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Said>;
  install(...packages: readonly string[]): Promise<void>;
  write(file: string, text: string): void;
}

export const nodeVersions = ["22", "24"] as const;
export type NodeVersion = (typeof nodeVersions)[number];

/** Installs the packed package into a new project with both versions of Node beside it. */
export async function packedProject(versions: readonly NodeVersion[] = nodeVersions): Promise<Project> {
  const place = mkdtempSync(join(tmpdir(), "loopstream-package-"));
  const [dir, nodes] = ["project", "nodes"].map((name) => join(place, name)) as [string, string];
  for (const folder of [dir, nodes]) {
    mkdirSync(folder);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "mine", private: true, type: "module" }));
  }
  const install = async (folder: string, packages: readonly string[]): Promise<void> => {
    await npm(["install", "--prefer-offline", "--no-audit", "--no-fund", ...packages], folder);
  };
  // As a package of the platform it needs no script at its installation. This checkout brings Node 24.
  const platform = `node-${process.platform}-${process.arch}`;
  await Promise.all([
    packed().then((file) => install(dir, [file])),
    versions.includes("22") ? install(nodes, [`${platform}@22`]) : undefined,
  ]);
  const bin: Readonly<Record<NodeVersion, string>> = {
    "22": join(nodes, "node_modules", platform, "bin/node"),
    "24": join(root, "node_modules/node/bin/node"),
  };
  const options = (env: NodeJS.ProcessEnv = {}) => ({ cwd: dir, env: { ...plainEnv, ...env }, timeout: 60_000 });
  return {
    dir,
    node: (version, args, env) => run(bin[version], [...args], options(env)),
    npx: (args, env) => run("npx", ["--no-install", ...args], options(env)),
    install: (...packages) => install(dir, packages),
    write: (file, text) => writeFileSync(join(dir, file), text),
    [Symbol.dispose]: () => rmSync(place, { recursive: true, force: true }),
  };
}

/** The package's file, packed from a copy of the checkout: packing changes files that other tests read. */
async function packed(): Promise<string> {
  const sources = readdirSync(root).filter((name) => !left.has(name) && !name.startsWith("."));
  const { folder, isThere, begun, done } = kept("package", sources);
  if (!isThere) {
    const copy = mkdtempSync(join(tmpdir(), "loopstream-copy-"));
    try {
      cpSync(root, copy, { recursive: true, filter: (file) => file === root || !left.has(basename(file)) });
      symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
      mkdirSync(begun);
      await npm(["pack", "--pack-destination", begun], copy);
      done();
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  }
  return join(
    folder,
    readdirSync(folder).find((name) => name.endsWith(".tgz"))!,
  );
}

/** Without the settings that npm and the test runner hand down to their children. */
const plainEnv = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_(?:package|lifecycle)_|NODE_(?:OPTIONS|PATH|ENV|COMPILE_CACHE)$|VITEST)/.test(name),
  ),
);

async function npm(args: readonly string[], cwd: string): Promise<void> {
  await run("npm", [...args], { cwd, env: plainEnv, timeout: 240_000 });
}
