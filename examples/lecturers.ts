/**
 * Lecturers ranked for students, by 73,421 real ratings. Four of five students are imported as history, a model learns from
 * their ratings, and the lecturers of each fifth student are ranked live. Run it with
 *
 *     node examples/lecturers/fetch.ts && node examples/lecturers.ts
 *
 * The first command gets the ratings, which are not part of the project; lecturers.out is what the second one prints.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openLoopstream } from "loopstream";
import { writeHistory } from "./lecturers/history.ts";
import { ndcg, ndcgAtRandom } from "./lecturers/ndcg.ts";
import { candidatesOf, readStudents, smoothedMeans, type Student } from "./lecturers/ratings.ts";

/** Which of every five students is ranked live. */
const split = Number(process.argv[2] ?? 0);
if (![0, 1, 2, 3, 4].includes(split)) throw new Error(`the split is ${process.argv[2]}: give a number from 0 to 4`);
const students = await readStudents();
const [held, history] = [students.filter((_, at) => at % 5 === split), students.filter((_, at) => at % 5 !== split)];
const say = (name: string, of: readonly Student[]): void =>
  console.log(`${name}: ${of.length} students, ${of.reduce((sum, { ratings }) => sum + ratings.length, 0)} ratings`);
say("history", history);

const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));
const { decisions, observations } = await writeHistory(dir, history, Date.now());
/** What a person types, as `npx loopstream` where the package is installed. */
const loopstream = async (...args: readonly string[]): Promise<string> => {
  const command = [join(import.meta.dirname, "../cli/main.ts"), ...args, "--dir", join(dir, "loop")];
  return (await promisify(execFile)(process.execPath, command)).stdout;
};
await loopstream("blueprint", "publish", join(import.meta.dirname, "lecturers.yaml"));
const files = ["--decisions", decisions, "--observations", observations, "--option-id", "option_id"];
await loopstream("import", "--use-case", "lecturers", ...files);
const trained = await loopstream("train", "--use-case", "lecturers");
console.log(trained.replace(/^model \w+, (\d+ rows), .* s: /, "model of $1: ").trim());

const loop = await openLoopstream({ dir: join(dir, "loop") });
const ranked: (readonly number[])[] = [];
for (const student of held) {
  const request = { unit: student.id, context: { studage: student.studage }, candidates: candidatesOf(student) };
  const { ranking, reason } = await loop.getRanking("lecturers", request, { timeout: 10_000, throwOnError: true });
  if (reason !== "exploit") throw new Error(`student ${student.id} has a ranking that no model made: ${reason}`);
  const ratingOf = new Map(student.ratings.map(({ lecturer, y }) => [lecturer, y]));
  ranked.push(ranking.map((lecturer) => ratingOf.get(lecturer)!));
}
await loop.close();
await rm(dir, { recursive: true });

say("ranked live", held);
const mean = (values: readonly number[]): string =>
  (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(3);
const inFile = held.map(({ ratings }) => ratings.map(({ y }) => y));
const meanOf = smoothedMeans(history);
const byMean = held.map(({ ratings }) =>
  ratings.toSorted((a, b) => meanOf(b.lecturer) - meanOf(a.lecturer)).map(({ y }) => y),
);
console.log(`NDCG@10 at random:                ${mean(inFile.map(ndcgAtRandom))}`);
console.log(`NDCG@10 in the order of the file: ${mean(inFile.map(ndcg))}`);
console.log(`NDCG@10 by smoothed mean ratings: ${mean(byMean.map(ndcg))}`);
console.log(`NDCG@10 by the model:             ${mean(ranked.map(ndcg))}`);
