import { Command } from "commander";
import { expect, expectTypeOf, test } from "vitest";
import { UsageError } from "../../../cli/exit-codes.ts";
import { among, either, flag, readFlags, several, toggle } from "../../../cli/flags/flag.ts";
import { whole } from "../../../cli/flags/numbers.ts";

const flags = {
  useCase: flag("--use-case <name>", "whose rows", { required: true }),
  limit: flag("--limit <n>", "at most so many", { default: "20", parse: whole(0) }),
  format: flag("--format <name>", "csv or jsonl", { parse: among("csv", "jsonl") }),
  topic: flag("--topic <name>", "where they are"),
  sort: toggle("--sort", "by time"),
  runs: either("--run", "run here", "run elsewhere"),
  files: several("--file <file...>", "to read"),
};

/** What a command gets of its line. */
function read(...line: string[]) {
  const command = new Command();
  for (const { options } of Object.values(flags)) for (const option of options) command.addOption(option);
  return readFlags(flags, command.parse(line, { from: "user" }).opts());
}

test("a command has its flags by their names here, with their types, and those that are absent as undefined", () => {
  const values = read("--use-case", "flights");
  expect(values).toEqual({ useCase: "flights", limit: 20, sort: false, files: [] });
  expectTypeOf(values).toEqualTypeOf<{
    readonly useCase: string;
    readonly limit: number;
    readonly format: "csv" | "jsonl" | undefined;
    readonly topic: string | undefined;
    readonly sort: boolean;
    readonly runs: boolean | undefined;
    readonly files: readonly string[];
  }>();
});

test("texts are read by the flag's own rule, and a flag can be denied", () => {
  const line = "--use-case a --limit 7 --format csv --sort --no-run --file x y --topic t";
  expect(read(...line.split(" "))).toEqual({
    ...{ useCase: "a", limit: 7, format: "csv", topic: "t", sort: true, runs: false, files: ["x", "y"] },
  });
  expect(read("--use-case", "a", "--run").runs).toBe(true);
});

test("a flag that is missing is named with its spelling and its meaning, and its help says that it is required", () => {
  expect(() => read()).toThrow(new UsageError("--use-case is missing: add --use-case <name>, whose rows"));
  expect(flags.useCase.options[0]!.description).toBe("whose rows (required)");
});

test("a text that a flag can't read is refused with the flag's name and what to write", () => {
  expect(() => read("--use-case", "a", "--limit", "1e3")).toThrow("--limit 1e3: write a whole number from 0 up");
  expect(() => read("--use-case", "a", "--format", "xml")).toThrow("--format xml: write csv or jsonl");
  expect(() => read("--use-case", "a", "--format", "")).toThrow('--format "": write csv or jsonl');
});
