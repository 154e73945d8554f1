import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tableWriter, type TableColumn } from "../../cli/files/index.ts";
import { pick, type Decision, type Observation, type World } from "./world.ts";

export interface Files {
  readonly decisions: string;
  readonly observations: string;
  /** For the import, so that it reads their times. */
  readonly flags: readonly string[];
}

export const forms = ["csv", "csv in a zone", "csv in seconds", "jsonl", "parquet"] as const;
export type Form = (typeof forms)[number];

type Cell = string | number | boolean | null;
/** A line of a table, with its time as a number. */
type Line = Readonly<Record<string, Cell>>;

const decisionLine = ({ id, time, ...context }: Decision): Line => ({ decision_id: id, decision_ts: time, ...context });
const observationLine = ({ id, time, ...values }: Observation): Line => ({
  decision_id: id,
  event_ts: time,
  ...values,
});

/** Writes what happened as two files of a form, each value in one of the spellings that it may have there. */
export async function writeForm(
  form: Form,
  world: World,
  random: () => number,
  dir: string,
  name: string,
): Promise<Files> {
  const tables = [world.decisions.map(decisionLine), world.observations.map(observationLine)] as const;
  const suffix = form === "jsonl" || form === "parquet" ? form : "csv";
  const [decisions, observations] = ["d", "o"].map((part) => join(dir, `${name}-${part}.${suffix}`)) as [
    string,
    string,
  ];
  for (const [at, file] of [decisions, observations].entries()) {
    const lines = tables[at]!;
    if (form === "parquet") await writeParquet(file, lines);
    else writeFileSync(file, form === "jsonl" ? jsonLines(lines, random) : csv(lines, form, random));
  }
  const flags = {
    csv: [],
    "csv in a zone": ["--time-zone", "Asia/Kolkata"],
    "csv in seconds": ["--time-unit", "s"],
    jsonl: [],
    parquet: [],
  };
  return { decisions, observations, flags: flags[form] };
}

const isTime = (column: string): boolean => column.endsWith("_ts");

function csv(lines: readonly Line[], form: Form, random: () => number): string {
  const columns = columnsOf(lines);
  const end = random() < 0.5 ? "\n" : "\r\n";
  const cellOf = (column: string, cell: Cell): string => {
    if (isTime(column)) return csvTime(Number(cell), form, random);
    if (cell === null) return "";
    if (typeof cell === "boolean") return spelledBoolean(cell, random);
    return typeof cell === "number" ? spelledNumber(cell, random) : cell;
  };
  const quoted = (text: string): string =>
    /[",\r\n]/.test(text) || random() < 0.1 ? `"${text.replaceAll('"', '""')}"` : text;
  const rows = lines.map((line) => columns.map((column) => quoted(cellOf(column, line[column] ?? null))).join(","));
  return (random() < 0.5 ? "\ufeff" : "") + [columns.join(","), ...rows, ""].join(end);
}

const YES = ["true", "True", "TRUE", "t", "yes", "Y", "on", "1", "1.0"];
const NO = ["false", "False", "FALSE", "f", "no", "N", "off", "0", "0.0"];
const spelledBoolean = (value: boolean, random: () => number): string => pick(random, value ? YES : NO);

const spelledNumber = (value: number, random: () => number): string =>
  pick(random, [String(value), value.toExponential(), value.toFixed(3), `${value >= 0 ? "+" : ""}${value}`]);

const MINUTE = 60_000;
/** Of Asia/Kolkata, which knows no summer time. */
const ZONE_MINUTES = 330;

function csvTime(time: number, form: Form, random: () => number): string {
  if (form === "csv in seconds") return (time / 1_000).toFixed(3);
  if (form === "csv in a zone") return withoutZone(time, ZONE_MINUTES).replace("T", " ");
  return spelledTime(time, random);
}

const withoutZone = (time: number, minutes: number): string =>
  new Date(time + minutes * MINUTE).toISOString().slice(0, -1);

/** The same instant in some zone. */
function spelledTime(time: number, random: () => number): string {
  const minutes = pick(random, [0, 60, 330, -300, 765]);
  if (minutes === 0 && random() < 0.5) return new Date(time).toISOString();
  const [hour, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((part) =>
    String(part).padStart(2, "0"),
  );
  return `${withoutZone(time, minutes)}${minutes < 0 ? "-" : "+"}${hour}:${rest}`;
}

function jsonLines(lines: readonly Line[], random: () => number): string {
  const valueOf = (column: string, cell: Cell): string => {
    if (isTime(column)) return JSON.stringify(spelledTime(Number(cell), random));
    if (typeof cell === "boolean") return random() < 0.7 ? String(cell) : JSON.stringify(spelledBoolean(cell, random));
    if (typeof cell === "number") return random() < 0.7 ? String(cell) : JSON.stringify(spelledNumber(cell, random));
    // An integer is the text of its digits, also one that no number holds.
    if (typeof cell === "string" && /^[1-9]\d*$/.test(cell) && random() < 0.5) return cell;
    return JSON.stringify(cell);
  };
  return lines
    .map((line) => {
      const entries = Object.entries(line).filter(([, cell]) => cell !== null || random() < 0.5);
      return `{${entries.map(([column, cell]) => `${JSON.stringify(column)}:${valueOf(column, cell)}`).join(",")}}\n`;
    })
    .join("");
}

async function writeParquet(file: string, lines: readonly Line[]): Promise<void> {
  const columns = columnsOf(lines).map((name): TableColumn => {
    const sample = lines.map((line) => line[name] ?? null).find((cell) => cell !== null);
    const type = typeof sample === "number" ? "double" : typeof sample === "boolean" ? "boolean" : "string";
    return { name, type: isTime(name) ? "timestamp" : type };
  });
  const writer = await tableWriter(file, "parquet", columns);
  for (const line of lines) await writer.write(line);
  await writer.close();
}

const columnsOf = (lines: readonly Line[]): readonly string[] => Object.keys(lines[0]!);
