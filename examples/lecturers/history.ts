import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { candidatesOf, type Student } from "./ratings.ts";

const MINUTE = 60_000;
const DAYS = 14;
/** The newest rating is older than the label's wait, so every rating has its row. */
const AGE = 30 * MINUTE;

/** The paths of the two files of an import. */
export interface HistoryFiles {
  readonly decisions: string;
  readonly observations: string;
}

/**
 * Students as a product that ranks lecturers may have logged them, as JSON lines: one after the other over two weeks until
 * now, each with the options in the order of the file, and with the ratings of them a minute later.
 */
export async function writeHistory(folder: string, students: readonly Student[], now: number): Promise<HistoryFiles> {
  const first = now - DAYS * 24 * 60 * MINUTE;
  const each = (now - AGE - first) / students.length;
  const timeOf = (at: number): number => first + Math.round(at * each);
  const decisions = students.map((student, at) => ({
    decision_id: `student-${student.id}`,
    decision_ts: new Date(timeOf(at)),
    studage: student.studage,
    candidates: candidatesOf(student),
  }));
  const observations = students.flatMap(({ id, ratings }, at) =>
    ratings.map(({ lecturer, y }) => ({
      decision_id: `student-${id}`,
      event_ts: new Date(timeOf(at) + MINUTE),
      option_id: lecturer,
      kind: "rating",
      y,
    })),
  );
  return {
    decisions: await write(join(folder, "decisions.jsonl"), decisions),
    observations: await write(join(folder, "observations.jsonl"), observations),
  };
}

async function write(path: string, lines: readonly object[]): Promise<string> {
  await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}
