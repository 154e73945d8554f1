import { vectorLength, type Blueprint, type ContextType } from "../../blueprints/index.ts";

/** Most context entries that the example of a decision names. */
const MOST_ENTRIES = 6;

export interface NextSteps {
  /** The live blueprints. */
  readonly live: readonly Blueprint[];
  /** The flags by which other commands find the loop. */
  readonly place: readonly string[];
  /** Metrics are served. */
  readonly metrics: boolean;
}

/** The commands that a person tries next beside a running loop, a line each. */
export function nextSteps({ live, place, metrics }: NextSteps): readonly string[] {
  const command = (...parts: readonly string[]): string => ["loopstream", ...parts, ...place].join(" ");
  const [first] = live;
  if (first === undefined) return [`publish a blueprint: ${command("blueprint", "publish", "FILE.yaml")}`];
  const ofUseCase = ["--use-case", first.useCase];
  return [
    `ask for a decision: ${command("decide", ...ofUseCase, "--unit", "u1")}${entriesOf(first)}`,
    `tell what came of it: ${command("observe", "DECISION_ID")} name=value`,
    `see the training rows: ${command("rows", ...ofUseCase, "--out", "rows.csv")}`,
    ...(metrics ? [] : ["serve metrics: start again with --metrics 9464"]),
  ];
}

function entriesOf({ context }: Blueprint): string {
  const entries = Object.entries(context).slice(0, MOST_ENTRIES);
  return entries.map(([name, type]) => ` ${name}=${exampleOf(type)}`).join("");
}

/** A value that the type can read, as a shell takes it. */
function exampleOf(type: ContextType): string {
  const length = vectorLength(type);
  return length === undefined ? (EXAMPLES[type] ?? "A") : `'[${new Array(length).fill(0).join(",")}]'`;
}

const EXAMPLES: Readonly<Record<string, string>> = {
  number: "1",
  boolean: "true",
  list: `'["A"]'`,
  time: "2026-01-01T00:00:00Z",
};
