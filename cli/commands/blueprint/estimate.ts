import { checkBlueprint } from "../../../blueprints/index.ts";
import { defineCommand } from "../../define-command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { flag, toggle } from "../../flags/flag.ts";
import { whole } from "../../flags/numbers.ts";
import { parseSpan, parseTime } from "../../flags/times.ts";
import { estimateHere } from "../../process/blueprints/estimate-here.ts";
import { readText } from "../../process/read-text.ts";
import { estimateText } from "../../recompute/estimate-text.ts";
import { sayWarnings } from "../../text/blueprint-text.ts";
import { tellLeftOut } from "../../text/left-out.ts";

const WEEK_MS = 7 * 24 * 3_600_000;

export const estimateCommand = defineCommand({
  name: "estimate",
  about: "what a version would have earned, by the decisions of the one that is live, before it decides anything",
  args: { file: ["<file>"] },
  flags: {
    from: flag(
      "--from <time>",
      "by the decisions from then on; it learns from those before (default: a week before --to)",
      {
        parse: parseTime,
      },
    ),
    to: flag("--to <time>", "by the decisions before (default: now)", { parse: parseTime }),
    reward: flag("--reward <name>", "a label, or a column of its rows (default: the reward, else the only label)"),
    folds: flag("--folds <count>", "cross-fitting of the model of the reward; 1: it has seen all rewards", {
      ...{ default: "5", parse: whole(1, 100) },
    }),
    salt: flag("--salt <text>", "the salt the loop ran with (default: the settings')"),
    stepMs: flag("--step <duration>", "event time that a replay holds in memory at once", {
      ...{ default: "1d", parse: parseSpan },
    }),
    latenessMs: flag("--lateness <duration>", "how far a record may come behind a newer one of its partition", {
      ...{ default: "1h", parse: parseSpan },
    }),
    incomplete: toggle("--incomplete", "go on if some features can't be computed from the topics, and name them"),
  },
  more:
    "\nThe version is published and not live, and decides again from the retained topics. Exit code 6: the decisions say too" +
    " little about it.\nWhat is assumed, and what the figures mean: docs/evaluate.md#a-whole-blueprint.",
  async run({ settings, output, args: { file }, flags: { from, to = Date.now(), ...flags } }) {
    const text = readText(file);
    const { blueprint, warnings } = checkBlueprint(text, file);
    sayWarnings(warnings, output, blueprint.text);
    const asked = { ...flags, ...{ text, useCase: blueprint.useCase, from: from ?? to - WEEK_MS, to } };
    const made = await estimateHere(settings, asked);
    if (made === undefined) {
      output.say("stopped; the same command goes on from here");
      return exitCodes.stopped;
    }
    output.result(made.estimate, estimateText);
    const code = tellLeftOut(made.estimate.leftOutRows) || made.code;
    return made.estimate.refused.length === 0 ? code : exitCodes.refused;
  },
});
