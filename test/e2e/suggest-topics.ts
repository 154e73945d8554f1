import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { deliveries, FIRST_DAY } from "../../cli/simulator/readers.ts";
import { loopstream, root, temporaryDir, type Ran } from "./command.ts";
import { startLoopstream } from "./running.ts";

const iso = (time: number): string => new Date(time).toISOString();
const [DAYS, READERS] = [7, 60];

/**
 * `blueprint suggest --from-topics` beside a running loop and without one.
 * @param where flags of the backbone, in a folder that is there
 * @param suffix of the use case, where topics are shared with other tests
 */
export function suggestTopicsSuite(name: string, where: (folder: string) => readonly string[], suffix = ""): void {
  const dir = temporaryDir();
  afterAll(() => dir.remove());
  const file = (of: string): string => join(dir.path, of);
  const useCase = `prefetch${suffix}`;
  const at = where(file("data"));
  const suggest = (...words: readonly string[]): Promise<Ran> =>
    loopstream(["blueprint", "suggest", "--use-case", useCase, "--label", "minutes > 0", ...words, ...at]);

  test(`${name}: topics suggest what the imported files do, and a mistake is told`, { timeout: 300_000 }, async () => {
    writeFiles(file);
    writeFileSync(
      file("blueprint.yaml"),
      readFileSync(join(root, "examples/prefetch.yaml"), "utf8").replace("useCase: prefetch", `useCase: ${useCase}`),
    );
    const files = [
      "--decisions",
      file("decisions.csv"),
      "--observations",
      file("observations.csv"),
      "--unit",
      "reader",
    ];
    for (const command of [
      ["blueprint", "publish", file("blueprint.yaml")],
      ["import", "--use-case", useCase, ...files],
    ]) {
      const ran = await loopstream([...command, ...at]);
      expect(ran.code, ran.stderr).toBe(0);
    }
    const [fromFiles, stopped] = [await suggest(...files), await suggest("--from-topics")];
    expect([fromFiles.code, stopped.code], stopped.stderr).toEqual([0, 0]);
    expect(contentOf(stopped.stdout)).toBe(contentOf(fromFiles.stdout));
    const said = `decision-requests: ${(DAYS * 3 * READERS).toLocaleString("en")} of `;
    expect(stopped.stderr).toContain(said);
    expect(stopped.stderr).toMatch(/records are used, \d{4}-\d\d-\d\dT\S+ to \S+; the sample has 1,260\n/);

    const loop = startLoopstream(["start", ...at, "--json"]);
    try {
      await loop.says("the loop is running");
      const running = await suggest("--from-topics", "--out", file("suggested.yaml"), "--json");
      expect(running).toMatchObject({
        code: 0,
        json: { useCase, file: file("suggested.yaml"), read: [{ topic: "decision-requests", used: 1_260 }, {}, {}] },
      });
      const suggested = readFileSync(file("suggested.yaml"), "utf8");
      expect(contentOf(suggested)).toBe(contentOf(stopped.stdout));
      // On shared topics the counts in comments grow by what other tests send.
      if (suffix === "") expect(suggested).toBe(stopped.stdout.trimEnd() + "\n");
      expect(await loopstream(["blueprint", "check", file("suggested.yaml")])).toMatchObject({ code: 0 });
    } finally {
      loop.send("SIGTERM");
      await loop.ended();
    }

    for (const [words, text] of [
      [["--from-topics", ...files, "--time", "at"], "leave out --decisions, --observations, --time"],
      [["--from-topics", "--unit", "raeder"], "no request has an entry raeder; is it reader?"],
      [["--from-topics", "--use-case", `${useCase}x`], `did you mean ${useCase}?`],
    ] as const) {
      const { code, stderr } = await suggest(...words);
      expect([code, stderr]).toEqual([2, expect.stringContaining(text)]);
    }
  });
}

/** The lines without the comments: reasons name the files or topics. */
const contentOf = (text: string): string => text.replaceAll(/ *#.*$/gm, "").trim();

/** A part of the tutorial's product. */
function writeFiles(file: (of: string) => string): void {
  const decisions = ["decision_id,decision_ts,reader,edition,weekend,wifi"];
  const observations: (readonly [number, string])[] = [];
  for (const edition of deliveries(1, FIRST_DAY, DAYS)) {
    for (const { decisionId, reader, time, context, opened } of edition.slice(0, READERS)) {
      decisions.push([decisionId, iso(time), reader, context.edition, context.weekend, context.wifi].join(","));
      if (opened === undefined) continue;
      observations.push([opened.time, [decisionId, iso(opened.time), "opened", opened.minutes].join(",")]);
    }
  }
  const lines = observations.sort((a, b) => a[0] - b[0]).map(([, line]) => line);
  writeFileSync(file("decisions.csv"), decisions.join("\n"));
  writeFileSync(file("observations.csv"), ["decision_id,event_ts,kind,minutes", ...lines].join("\n"));
}
