import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../source-graph.ts";
import type { Project } from "./packed.ts";

/** Parts that a running loop loads beside its front door when it needs them. */
export const heavyParts = [
  "@platformatic/kafka",
  "kafkajs",
  "./node_modules/loopstream/dist/trainer/fit/fit-worker.js",
  `${join(root, "node_modules/onnxruntime-node/dist/index.js")}?`,
];

const RUNS = 5;

/** What importing some modules costs: milliseconds of the processor, and bytes of the process and of its heap. */
export interface Cost {
  readonly ms: number;
  readonly rss: number;
  readonly heap: number;
}

/** The best of some runs of each, since other work on the machine only adds. They run in turn, so it adds to all. */
export async function costsOf(project: Project, imports: readonly (readonly string[])[]): Promise<readonly Cost[]> {
  const runs = imports.map((): Cost[] => []);
  for (let run = 0; run < RUNS; run++) {
    for (const [at, names] of imports.entries()) runs[at]!.push((await measured(project, names, {})) as Cost);
  }
  return runs.map((costs) => {
    const best = (of: (cost: Cost) => number): number => Math.min(...costs.map(of));
    return { ms: best(({ ms }) => ms), rss: best(({ rss }) => rss), heap: best(({ heap }) => heap) };
  });
}

/** Paths of all files that an import loads. */
export async function filesOf(project: Project, ...names: readonly string[]): Promise<readonly string[]> {
  const { files } = (await measured(project, names, { FILES: "1" })) as { readonly files: readonly string[] };
  return files.map((url) => fileURLToPath(url));
}

async function measured(project: Project, names: readonly string[], env: NodeJS.ProcessEnv): Promise<unknown> {
  const { stdout } = await project.node("24", ["--expose-gc", "measure-import.js", ...names], env);
  return JSON.parse(stdout);
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** Of the package the files that were loaded, and every other package whole. */
export function installedBytes(files: readonly string[]): number {
  const [own, others] = [files.filter(isOwn), files.filter((file) => !isOwn(file))];
  const packages = others.flatMap((file) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  const sizes = [...own.map((path) => statSync(path).size), ...[...new Set(packages)].map(bytesIn)];
  return sizes.reduce((sum, size) => sum + size, 0);
}

const isOwn = (path: string): boolean => path.includes("/node_modules/loopstream/");

export function costLine(name: string, { ms, rss, heap, disk }: Cost & { readonly disk: number }): string {
  const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1).padStart(6);
  const time = ms.toFixed(0).padStart(5);
  return `${name.padEnd(42)} ${mib(disk)} MiB on the disk, ${time} ms of CPU, ${mib(rss)} MiB of memory, ${mib(heap)} MiB of heap`;
}
