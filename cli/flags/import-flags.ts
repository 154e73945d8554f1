import { columnDefaults } from "../../loop/index.ts";
import { encodeFlags } from "./encode-flags.ts";
import { among, either, flag, toggle, type FlagValues } from "./flag.ts";

/** Files of history, and their treatment. */
export const historyFlags = {
  decisions: flag(
    "--decisions <file>",
    "one decision a line: .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet, in time order",
  ),
  observations: flag("--observations <file>", "one observation a line, in time order"),
  dsjson: flag(
    "--dsjson <file>",
    "decisions with their options, probabilities and costs as Vowpal Wabbit logs them, in place of --decisions and --observations",
  ),
  reward: flag(
    "--reward <name>",
    "column of the decisions' file that is an observation of each; of dsjson the observation that takes minus the cost (default there: reward, else the only one)",
  ),
  events: flag("--events <file>", "one event of no decision a line, in time order"),
  decisionId: flag("--decision-id <column>", "column of the decision id", { default: columnDefaults.decisionId }),
  time: flag("--time <column>", "column of the decision's time", { default: columnDefaults.time }),
  observationTime: flag(
    "--observation-time <column>",
    "column of the time of observations and events (default: event_ts, else --time)",
  ),
  timeUnit: flag("--time-unit <unit>", "of times that are numbers: s, ms, us or ns (absent: such a line is a bad one)"),
  timeZone: flag(
    "--time-zone <name>",
    "of times that name none, like Europe/Berlin or UTC (absent: such a line is a bad one)",
  ),
  unit: flag("--unit <columns>", "column of the unit, or several joined by + (default: the decision id)"),
  action: flag("--action <column>", "column of the action that was taken (default: the policy decides)"),
  propensity: flag(
    "--propensity <column>",
    "column of the probability with which it was taken, above 0 and at most 1; of a ranking that of the list, or a JSON list of those of its positions",
  ),
  distribution: flag(
    "--distribution <column>",
    "column of the probabilities of all actions, a JSON list in the order of the options, or else of the blueprint's actions",
  ),
  candidates: flag(
    "--candidates <column>",
    "column of a decision's options, a JSON list (default: candidates, where options come with the request)",
  ),
  optionId: flag(
    "--option-id <column>",
    "column of the option that an observation is about (default: optionId, where options come with the request; else all shown)",
  ),
  kind: flag("--kind <name>", "kind of the events (default: their column kind says it)"),
  ...encodeFlags,
  sort: toggle("--sort", "sort the files by time first, if they are not in that order"),
  strict: toggle("--strict", "a column that the blueprint looks for and does not find, or does not know, is an error"),
  changed: flag(
    "--changed <what>",
    "lines that differ from imported ones: leave keeps them out, add adds them beside (default: nothing is imported)",
    { parse: among("leave", "add") },
  ),
};

export type HistoryFlags = FlagValues<typeof historyFlags>;

export const importFlags = {
  useCase: flag("--use-case <name>", "use case with a published blueprint", { required: true }),
  ...historyFlags,
  dryRun: toggle("--dry-run", "show the content of the files, and publish nothing"),
  run: either(
    "--run",
    "run the operators here until rows are made (default on the embedded backbone)",
    "publish only; a running loop does the rest",
  ),
};

export type ImportFlags = FlagValues<typeof importFlags>;
