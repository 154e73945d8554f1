import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { root } from "../source-graph.ts";

/** Paths of all files that an import loads. */
function filesOf(module: string): readonly string[] {
  const script = `
    import { registerHooks } from "node:module";
    const files = [];
    registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
    await import(${JSON.stringify(`${root}/${module}`)});
    console.log(JSON.stringify(files));`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  return JSON.parse(out) as readonly string[];
}

test.each(["client/index.ts", "loop/embed/index.ts", "cli/program.ts"])(
  "%s loads no part of HTTP before a port is asked for",
  (module) => {
    const files = filesOf(module);
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => file.includes("/fastify") || file.startsWith(`file://${root}/http/`))).toEqual([]);
  },
);
