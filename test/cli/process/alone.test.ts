import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { alone } from "../../../cli/process/alone.ts";
import { newDir } from "../../streams/backbones/local/new-dir.ts";

const folder = await newDir();
afterAll(() => folder.remove());

const HOLDER = `
const { alone } = await import(process.argv[1]);
const held = await alone(process.argv[2], "shop");
console.log(held === undefined ? "taken" : "held");
setInterval(() => undefined, 1000);
`;

function holder(dir: string): { readonly process: ReturnType<typeof spawn>; readonly said: Promise<string> } {
  const file = join(import.meta.dirname, "../../../cli/process/alone.ts");
  const process = spawn(globalThis.process.execPath, ["--input-type=module", "-e", HOLDER, file, dir]);
  return { process, said: once(process.stdout, "data").then(([text]) => String(text).trim()) };
}

test("a name is one process's until it lets go, and others are free", async () => {
  const held = (await alone(folder.path, "shop"))!;
  const other = holder(folder.path);
  expect(await other.said).toBe("taken");
  other.process.kill();
  const mart = (await alone(folder.path, "mart"))!;
  expect(await alone(folder.path, "mart")).toBeUndefined();
  await mart();
  await held();
  const again = (await alone(folder.path, "shop"))!;
  await again();
});

test("a process that was killed holds nothing", async () => {
  const other = holder(folder.path);
  expect(await other.said).toBe("held");
  expect(await alone(folder.path, "shop")).toBeUndefined();
  other.process.kill("SIGKILL");
  await once(other.process, "exit");
  const held = await alone(folder.path, "shop");
  expect(held).toBeDefined();
  await held!();
});
