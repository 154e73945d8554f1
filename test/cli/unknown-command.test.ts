import { afterEach, expect, test, vi } from "vitest";
import { createProgram } from "../../cli/program.ts";

afterEach(() => vi.restoreAllMocks());

/** What the command line says before it ends, and with which code. */
async function refusal(...words: string[]): Promise<{ readonly said: string; readonly code: unknown }> {
  let said = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const exit = vi.spyOn(process, "exit").mockImplementation(() => {
    throw new Error("exit");
  });
  await expect(createProgram().parseAsync(words, { from: "user" })).rejects.toThrow("exit");
  return { said, code: exit.mock.calls[0]?.[0] };
}

test.each([
  ["blueprint chek", 'unknown command "chek" (did you mean check?)'],
  ["blueprint chek file.yaml", "did you mean check?"],
  ["blueprint --json chek", "did you mean check?"],
  ["blueprint pubish file.yaml", "did you mean publish?"],
  ["blueprint parms small", "did you mean params?"],
  ["blueprint mod small", "did you mean mode?"],
  ["blueprint costs", "did you mean cost?"],
  ["blueprint aply folder", "did you mean apply?"],
  ["apply folder", "did you mean blueprint apply?"],
  ["models wihdraw abc", "did you mean withdraw?"],
  ["models rebiuld --all", "did you mean rebuild?"],
  ["models imprt --onnx m.onnx", "did you mean import?"],
  ["models bundel abc", "did you mean bundle?"],
  ["episods", "did you mean episodes?"],
  ["topics raed decisions", "did you mean read?"],
  ["chek", "did you mean blueprint check?"],
  ["publish file.yaml", "did you mean blueprint publish?"],
  ["activat d-1", "did you mean activate?"],
  ["modles", "did you mean models?"],
  ["imprt", "did you mean import?"],
  ["backtst", "did you mean backtest?"],
  ["scroe", "did you mean score?"],
  ["evalute", "did you mean evaluate?"],
  ["models --jsn", "unknown option '--jsn'\n(Did you mean --json?)"],
  ["topics --limt 3", "unknown option '--limt' (did you mean topics read --limit?)"],
  ["topics --limit=3", "unknown option '--limit' (did you mean topics read --limit?)"],
  ["models --all", "unknown option '--all' (did you mean models rebuild --all?)"],
  ["topics --frobnicate", "unknown option '--frobnicate'"],
  ["frobnicate", "there are start, shadows, demo, simulate, import, backtest"],
])("%s is answered with the command that was meant", async (line, message) => {
  const { said, code } = await refusal(...line.split(" "));
  expect(said).toContain(message);
  expect(code).toBe(2);
});
