import { Option, type Command } from "commander";
import type { SettingsFlags } from "../flags/settings.ts";
import type { ChangedPolicy } from "./again/look-for-changes.ts";
import type { ColumnFlags } from "./columns.ts";

export interface ImportFlags extends SettingsFlags, ColumnFlags {
  readonly json?: boolean;
  readonly useCase: string;
  readonly decisions?: string;
  readonly observations?: string;
  readonly events?: string;
  readonly strict?: boolean;
  readonly sort?: boolean;
  readonly changed?: ChangedPolicy;
  readonly dryRun?: boolean;
  readonly run?: boolean;
}

export function withImportFlags(command: Command): Command {
  return command
    .requiredOption("--use-case <name>", "use case with a published blueprint")
    .option("--decisions <file>", "one decision a line: .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet, in time order")
    .option("--observations <file>", "one observation a line, in time order")
    .option("--events <file>", "one event of no decision a line, in time order")
    .option("--decision-id <column>", "column of the decision id", "decision_id")
    .option("--time <column>", "column of the decision's time", "decision_ts")
    .option(
      "--observation-time <column>",
      "column of the time of observations and events (default: event_ts, else --time)",
    )
    .option("--time-unit <unit>", "of times that are numbers: s, ms, us or ns (absent: such a line is a bad one)")
    .option(
      "--time-zone <name>",
      "of times that name none, like Europe/Berlin or UTC (absent: such a line is a bad one)",
    )
    .option("--unit <columns>", "column of the unit, or several joined by + (default: the decision id)")
    .option("--action <column>", "column of the action that was taken (default: the policy decides)")
    .option("--propensity <column>", "column of the probability with which it was taken, above 0 and at most 1")
    .option("--kind <name>", "kind of the events (default: their column kind says it)")
    .option("--sort", "sort the files by time first, where they are not in that order")
    .option("--strict", "a column that the blueprint looks for and does not find, or does not know, is an error")
    .addOption(
      new Option(
        "--changed <what>",
        "lines that differ from what was imported before: leave them out, or add them beside it (default: nothing is imported)",
      ).choices(["leave", "add"]),
    )
    .option("--dry-run", "say what is in the files, and publish nothing")
    .addOption(new Option("--run", "run the operators here until rows are made (default on the embedded backbone)"))
    .addOption(new Option("--no-run", "publish only; a running loop does the rest"))
    .addHelpText(
      "after",
      "\nA line that can't be used is named and goes to the dead letters; the rest goes on (exit code 4)." +
        "\nA line that was imported before is left out: the same command goes on where it stopped.",
    );
}
