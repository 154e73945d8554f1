import { SAMPLED_DECISIONS } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { flag, toggle } from "../../flags/flag.ts";
import { importFlags } from "../../flags/import-flags.ts";
import { whole } from "../../flags/numbers.ts";
import { suggestHere } from "../../suggest/suggest-here.ts";

const { decisions, observations, events, decisionId, time, observationTime, timeUnit, timeZone, unit } = importFlags;
const { action, propensity, kind } = importFlags;

export const suggestCommand = defineCommand({
  name: "suggest",
  about:
    "write a first blueprint for files that import reads, or for a loop's topics, with the reason of each line; publishes nothing",
  flags: {
    useCase: flag("--use-case <name>", "its name: small letters, digits and -", { required: true }),
    label: flag(
      "--label <formula>",
      'what to learn: a column of the observations, or a formula like "delay_min >= 15"',
      {
        required: true,
      },
    ),
    fromTopics: toggle("--from-topics", "read what products have sent to the loop, instead of files"),
    ...{ decisions, observations, events, decisionId, time, observationTime, timeUnit, timeZone, unit },
    ...{ action, propensity, kind },
    sample: flag(
      "--sample <decisions>",
      "how many of the first decisions, of topics the newest, are looked at with their observations",
      {
        default: String(SAMPLED_DECISIONS),
        parse: whole(1, 10_000_000),
      },
    ),
    out: flag("--out <file>", "a new file for it (- is stdout)", { default: "-" }),
  },
  more:
    "\nWith --from-topics: the requests of the use case are the decisions, and entries of the context the columns. --unit names " +
    "the entries that make the unit, where the context has them. No loop has to run, and no blueprint has to be published." +
    "\nThe blueprint can be published as it is, and the same files imported with the same flags. Types are those of all lines or records; " +
    "windows, waits and leaks are judged by the sample.",
  run: ({ settings, output, flags }) => suggestHere(settings, output, flags),
});
