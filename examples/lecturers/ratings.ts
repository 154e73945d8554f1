import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Not in the project: the licence of the data is the GPL. `node examples/lecturers/fetch.ts` writes it. */
export const ratingsFile = join(import.meta.dirname, "insteval.csv");

/** A student's words of one lecturer. */
export interface Rating {
  readonly lecturer: string;
  readonly lecture: {
    /** How many semesters ago it was, 1 to 6. */
    readonly lectage: string;
    /** Whether it was for students of another department than the lecturer's own: 0 or 1. */
    readonly service: string;
    readonly dept: string;
  };
  /** 1 is poor, 5 very good. */
  readonly y: number;
}

export interface Student {
  readonly id: string;
  /** The student's semester: 2, 4, 6, or 8 and later. */
  readonly studage: string;
  /** In the order of the file, a lecturer once. */
  readonly ratings: readonly Rating[];
}

const HEADER = ',"s","d","studage","lectage","service","dept","y"';
/** A line's number, six categories in quotes, and the rating. */
const LINE =
  /^"\d+","(?<id>\d+)","(?<lecturer>\d+)","(?<studage>\d)","(?<lectage>\d)","(?<service>\d)","(?<dept>\d+)",(?<y>[1-5])$/;
type Cells = Readonly<Record<"id" | "lecturer" | "studage" | "lectage" | "service" | "dept" | "y", string>>;

/** All students, in the order of the file. Throws, and says where the file differs from the one that is fetched. */
export async function readStudents(file = ratingsFile): Promise<readonly Student[]> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new Error(`${file} can't be read: \`node examples/lecturers/fetch.ts\` gets it`, { cause: error });
  });
  const [header, ...lines] = text.trimEnd().split("\n");
  if (!header!.endsWith(HEADER)) throw new Error(`${file}:1: the columns are not those of InstEval: ""${HEADER}`);
  const students = new Map<string, { readonly id: string; readonly studage: string; readonly ratings: Rating[] }>();
  for (const [at, line] of lines.entries()) {
    const cells = LINE.exec(line)?.groups as Cells | undefined;
    if (cells === undefined)
      throw new Error(`${file}:${at + 2}: six categories and a rating of 1 to 5 go here: ${line}`);
    const { id, lecturer, studage, lectage, service, dept, y } = cells;
    const student = students.get(id) ?? { id, studage, ratings: [] };
    students.set(id, student);
    student.ratings.push({ lecturer, lecture: { lectage, service, dept }, y: Number(y) });
  }
  return [...students.values()];
}

/** A student's lecturers as the options of a request. */
export const candidatesOf = ({ ratings }: Student) =>
  ratings.map(({ lecturer, lecture }) => ({ optionId: lecturer, context: lecture }));

/**
 * Of each lecturer the mean rating, where few ratings say little: as if five more were average. Of a lecturer whom nobody
 * has rated that is 3.2.
 */
export function smoothedMeans(students: readonly Student[]): (lecturer: string) => number {
  const all = Map.groupBy(
    students.flatMap(({ ratings }) => ratings),
    ({ lecturer }) => lecturer,
  );
  const means = new Map(
    [...all].map(([lecturer, ratings]) => [
      lecturer,
      (ratings.reduce((sum, { y }) => sum + y, 0) + 5 * 3.2) / (ratings.length + 5),
    ]),
  );
  return (lecturer) => means.get(lecturer) ?? 3.2;
}
