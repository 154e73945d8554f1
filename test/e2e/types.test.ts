import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseBlueprint, useCaseDeclarations } from "../../blueprints/index.ts";
import { edited, SMALL } from "../blueprints/fixtures.ts";
import { loopstream, root, temporaryDir } from "./command.ts";

const prefetch = join(root, "examples/prefetch.yaml");

describe("loopstream types", { timeout: 900_000 }, () => {
  const dir = temporaryDir();
  afterAll(() => dir.remove());
  const file = (text: string): string => {
    const path = join(dir.path, "small.yaml");
    writeFileSync(path, text);
    return path;
  };

  test("of a file needs no loop, and says which use case it is of", async () => {
    const { code, stdout, stderr } = await loopstream(["types", "--blueprint", prefetch]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^\/\/ Use case prefetch, blueprint version [0-9a-f]{12}\.\n[^]*\}\n$/);
    const { json } = await loopstream(["types", "--blueprint", prefetch, "--use-case", "prefetch", "--json"]);
    expect(json).toMatchObject({ useCase: "prefetch", text: stdout });
  });

  test("of a use case is of its live version, whichever it is", async () => {
    const types = (): ReturnType<typeof loopstream> => loopstream(["types", "--use-case", "small", "--dir", dir.path]);
    const other = edited("  distance: number\n", "  distance: number\n  weight: number\n");
    for (const text of [SMALL, other]) {
      await loopstream(["blueprint", "publish", file(text), "--dir", dir.path]);
      const { code, stdout } = await types();
      expect({ code, stdout }).toEqual({ code: 0, stdout: useCaseDeclarations(parseBlueprint(text)) });
    }
    const { version } = parseBlueprint(other);
    await loopstream(["blueprint", "withdraw", "small", version, "--dir", dir.path]);
    const { code, stderr } = await types();
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"small" has no live') as string,
    });
  });

  test("a mistake says what to do", async () => {
    const refused = async (...args: readonly string[]): Promise<string> => {
      const { code, stderr, stdout } = await loopstream(["types", "--dir", dir.path, ...args]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      return stderr;
    };
    expect(await refused()).toContain("Add --use-case <name> or --blueprint <file>");
    expect(await refused("--use-case", "smal")).toContain('unknown use case "smal": known are small');
    expect(await refused("--blueprint", prefetch, "--use-case", "small")).toContain("is of use case prefetch");
    const bad = file(edited("in: 3h", "in: 3 hours"));
    expect(await refused("--blueprint", bad)).toContain(`${bad}:14:72 features.m_arr.in: expected a duration`);
    expect(await refused("--blueprint", join(dir.path, "none.yaml"))).toContain("can't be read");
  });
});
