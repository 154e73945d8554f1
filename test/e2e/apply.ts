import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { PARCELS } from "../operators/parcels.ts";
import { loopstream, temporaryDir, type Ran } from "./command.ts";

/**
 * `blueprint apply` as a pipeline runs it.
 * @param where flags of the backbone, in a folder that is there
 * @param suffix of use cases, where topics are shared with other tests
 */
export function applySuite(name: string, where: (folder: string) => readonly string[], suffix = ""): void {
  const dir = temporaryDir();
  afterAll(() => dir.remove());
  const folder = join(dir.path, "blueprints");
  const file = (of: string): string => join(folder, `${of}.yaml`);
  const textOf = (of: string): string => PARCELS.replace("useCase: parcels", `useCase: ${of}${suffix}`);
  const versionOf = (text: string): string => parseBlueprint(text).version;
  const run = (command: string, ...words: readonly string[]): Promise<Ran> =>
    loopstream(["blueprint", command, ...words, ...where(join(dir.path, "data"))]);
  const apply = async (...words: readonly string[]): Promise<Ran> => run("apply", ...words, "--json");
  const states = async (): Promise<readonly string[]> =>
    ((await run("list", "--json")).json as unknown as { useCase: string; version: string; state: string }[])
      .filter(({ useCase }) => useCase.endsWith(suffix))
      .map(({ useCase, version, state }) => `${useCase.slice(0, useCase.length - suffix.length)} ${version} ${state}`);

  test(
    `${name}: the same again does nothing, a dry run writes nothing, and each change is told`,
    { timeout: 180_000 },
    async () => {
      mkdirSync(join(folder, "below"), { recursive: true });
      const [parcels, letters] = [textOf("parcels"), textOf("letters")];
      writeFileSync(file("parcels"), parcels);
      writeFileSync(file("below/letters"), letters);
      writeFileSync(join(folder, "README.md"), "not a blueprint");
      const first = await apply(folder);
      expect(first).toMatchObject({ code: 0, json: { dryRun: false, changes: 2 } });
      expect(first.json["blueprints"]).toMatchObject([
        { file: file("below/letters"), action: "new", before: null, published: { unchanged: false, liveAfter: 0 } },
        { file: file("parcels"), action: "new", version: versionOf(parcels) },
      ]);
      const live = [`letters ${versionOf(letters)} live`, `parcels ${versionOf(parcels)} live`];
      expect(await states()).toEqual(live);

      const again = await apply(folder, file("parcels"));
      expect(again).toMatchObject({ code: 0, json: { changes: 0 } });
      expect(again.json["blueprints"]).toMatchObject([
        { action: "unchanged", published: null },
        { action: "unchanged", published: null },
      ]);
      expect(await apply("--dry-run", folder)).toMatchObject({ code: 0 });

      const slower = parcels.replace("wait: 2h", "wait: 5h");
      writeFileSync(file("parcels"), slower);
      const dry = await run("apply", "--dry-run", folder);
      expect([dry.code, dry.stdout]).toEqual([
        5,
        [
          `${file("below/letters")}: letters${suffix} ${versionOf(letters)} is live already`,
          `${file("parcels")}: parcels${suffix} ${versionOf(parcels)} → ${versionOf(slower)}, changed`,
          "  label.wait: 2h → 5h",
          `  it may not train on the rows of ${versionOf(parcels)}: label.wait: 5h here, 2h there`,
          "dry run: 0 new, 1 changed, 1 unchanged; nothing was written",
          "",
        ].join("\n"),
      ]);
      expect(await states()).toEqual(live);

      const shadowed = await apply("--shadow", folder);
      expect(shadowed).toMatchObject({ code: 0, json: { changes: 1 } });
      expect(await states()).toEqual([...live, `parcels ${versionOf(slower)} shadow`]);
      expect(await apply("--shadow", folder)).toMatchObject({ code: 0, json: { changes: 0 } });

      const changed = await run("apply", folder);
      expect(changed.code).toBe(0);
      expect(changed.stdout).toContain(`→ ${versionOf(slower)}, changed, now in shadow\n`);
      expect(changed.stdout).toContain(`parcels${suffix} ${versionOf(slower)} is live`);
      expect(changed.stdout).toContain("\n0 new, 1 changed, 1 unchanged\n");
      expect(await states()).toEqual([
        live[0],
        `parcels ${versionOf(parcels)} replaced`,
        `parcels ${versionOf(slower)} live`,
      ]);
    },
  );

  test(
    `${name}: a bad file is named with its line, and nothing of the others is published`,
    { timeout: 180_000 },
    async () => {
      const before = await states();
      expect(before).toHaveLength(3);
      const bad = join(dir.path, "bad");
      mkdirSync(bad, { recursive: true });
      const into = (of: string, text: string): void => writeFileSync(join(bad, of), text);
      const refused = async (...words: readonly string[]): Promise<string> => {
        const { code, stderr, json } = await apply(bad, ...words);
        expect({ code, stderr, error: typeof json["error"] }).toMatchObject({ code: 2, error: "string" });
        expect(await states()).toEqual(before);
        return stderr;
      };
      into("a-new.yaml", textOf("telegrams"));
      into("b.yaml", textOf("b").replace("decide: risk", "decide: rsk"));
      into("c.yaml", textOf("c").replace("wait: 2h", "wait: 2x"));
      const both = await refused();
      expect(both).toContain(`${join(bad, "b.yaml")}:28:11 policy.decide: unknown name "rsk"`);
      expect(both).toContain(`${join(bad, "c.yaml")}:24:9 label.wait`);
      expect(both).toContain("nothing was published");
      rmSync(join(bad, "c.yaml"));

      into("b.yaml", textOf("telegrams").replace("wait: 2h", "wait: 5h"));
      expect(await refused()).toContain(
        `use case "telegrams${suffix}" is in ${join(bad, "a-new.yaml")} and in ${join(bad, "b.yaml")}: keep it in one file`,
      );

      into("b.yaml", textOf("letters").replace("weight: number", "weight: category"));
      const types = await refused();
      expect(types).toContain(`${join(bad, "b.yaml")}: letters${suffix} `);
      expect(types).toContain("features.weight in line 11: category here, number in version");
      rmSync(join(bad, "b.yaml"));

      const gone = join(bad, "gone.yaml");
      mkdirSync(join(bad, "empty"));
      const missing = await refused(gone, join(bad, "empty"));
      expect(missing).toContain(`${gone} can't be read`);
      expect(missing).toContain(`${join(bad, "empty")}: there is no *.yaml file in this folder`);
    },
  );
}
