import type { Command } from "commander";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createProgram } from "../../cli/program.ts";
import { loopstream } from "../e2e/command.ts";

afterEach(() => vi.restoreAllMocks());

/** Every command by the words that name it. */
function commandsOf(group: Command, words: readonly string[] = []): readonly (readonly string[])[] {
  return group.commands.flatMap((command) => {
    const its = [...words, command.name()];
    return command.commands.length === 0 ? [its] : commandsOf(command, its);
  });
}

/** What a line that does not come to its work says, and with which code it ends. */
async function said(...line: readonly string[]) {
  const out = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      out[stream] += String(text);
      return true;
    });
  }
  const exit = vi.spyOn(process, "exit").mockImplementation(() => {
    throw new Error("exit");
  });
  await expect(createProgram().parseAsync(line, { from: "user" })).rejects.toThrow("exit");
  vi.restoreAllMocks();
  return { ...out, code: exit.mock.calls[0]?.[0] };
}

const commands = commandsOf(createProgram());

test("there are commands, in groups too", () => {
  expect(commands).toEqual(expect.arrayContaining([["start"], ["models", "rebuild"]]));
});

describe.each(commands.map((words) => [words.join(" "), words] as const))("%s", (_name, words) => {
  test("has help, with the flags that every command has", async () => {
    const { code, stdout } = await said(...words, "--help");
    expect(code).toBe(0);
    for (const flag of ["--brokers", "--registry", "--dir", "--config", "--json", "--help"])
      expect(stdout).toContain(flag);
  });

  test("answers a mistyped flag with the one that was meant, for programs as JSON too", async () => {
    const { code, stdout, stderr } = await said(...words, "--json", "--registyr", "http://localhost:1");
    expect(code).toBe(2);
    expect(stderr).toContain("unknown option '--registyr'");
    expect(stderr).toContain("Did you mean --registry?");
    expect(JSON.parse(stdout)).toEqual({
      error: "unknown option '--registyr'\n(Did you mean --registry?)",
      code: "BAD_USAGE",
      next: "`--help` lists them.",
    });
  });
});

describe("an error is one line on stderr, with --json an object on stdout, and the exit code says its kind:", () => {
  test.each([
    ["a flag that must be there", ["rows"], "--use-case is missing: add --use-case <name>, whose rows"],
    ["a flag's text", ["topics", "read", "t", "--limit", "1e3"], "--limit 1e3: write a whole number from 0 up"],
    ["a setting", ["rows", "--use-case", "a", "--state-engine", "rocks"], "--state-engine rocks: write leveldb or"],
    ["two flags that exclude each other", ["models", "rebuild"], "name one model, or --all of them"],
    ["a file", ["start", "--blueprint", "no-such.yaml"], "no-such.yaml can't be read: ENOENT"],
  ])("%s, before anything is opened", async (_name, line, message) => {
    const { code, stderr, json, stdout } = await loopstream([...line, "--json", "--dir", "/dev/null/nowhere"]);
    expect(code).toBe(2);
    expect(stderr).toContain(`loopstream: ${message}`);
    const said = { code: expect.stringMatching(/^[A-Z_]+$/), next: expect.any(String) };
    expect(json).toEqual({ error: expect.stringContaining(message), ...said });
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  });
});
