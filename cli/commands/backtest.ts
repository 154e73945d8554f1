import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { flag } from "../flags/flag.ts";
import { historyFlags } from "../flags/import-flags.ts";
import { parseStep, parseTime } from "../flags/times.ts";
import { backtestHere } from "../backtest/backtest-here.ts";
import { backtestJson, backtestText } from "../backtest/backtest-text.ts";
import { tellLeftOut } from "../text/left-out.ts";

export const backtestCommand = defineCommand({
  name: "backtest",
  about:
    "go through history from files as if it were live: decide, make rows, train when due; prints served figures by month",
  flags: {
    useCase: flag("--use-case <name>", "use case with a published blueprint"),
    blueprint: flag("--blueprint <file>", "in place of --use-case: publish this blueprint first"),
    ...historyFlags,
    stepMs: flag("--step <duration>", "how often a training may begin, in event time", {
      ...{ default: "1h", parse: parseStep },
    }),
    until: flag("--until <time>", "stop before this event time; the same command with a later one goes on", {
      parse: parseTime,
    }),
  },
  more:
    "\nWorks in --dir, or on --brokers, as import does: give it a place of its own, unless its models are to stay." +
    "\nA backtest that was stopped or killed goes on where it was when the same command is given again.",
  async run({ settings, output, flags }) {
    const { unreadable, result } = await backtestHere(settings, output, flags);
    if (result === undefined) {
      output.say("stopped; the same command goes on from here");
      return exitCodes.stopped;
    }
    output.result(backtestJson(result), () => backtestText(result));
    const code = tellLeftOut(result.leftOut);
    const readable = unreadable.end();
    if (result.imported.counts.badLines > 0) return exitCodes.partly;
    return code === exitCodes.ok ? readable : code;
  },
});
