import { BESIDE_LIVE } from "../../loop/index.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { flag, toggle } from "../flags/flag.ts";
import { parseShare } from "../flags/numbers.ts";
import { parseSpan, parseTime } from "../flags/times.ts";
import { replayHere } from "../process/replay-here.ts";
import { replayText } from "../text/replay-text.ts";
import { tellUnreadable } from "../text/unreadable.ts";

export const replayCommand = defineCommand({
  name: "replay",
  about:
    "make the decisions of a time again, from the retained topics, beside the live group; prints counts and the rows' sha256",
  flags: {
    useCase: flag("--use-case <name>", "whose decisions", { required: true }),
    from: flag("--from <time>", "decided at or after (default: all that is retained)", { parse: parseTime }),
    to: flag("--to <time>", "decided before (default: all that is retained)", { parse: parseTime }),
    blueprintVersion: flag(
      "--blueprint <version>",
      "features and rows of this version, instead of the one that was live",
    ),
    into: flag("--into <topic>", "topic for the rows (default: a topic of the replay's own)"),
    stepMs: flag("--step <duration>", "event time that is held in memory at once; changes no row", {
      ...{ default: "1d", parse: parseSpan },
    }),
    latenessMs: flag("--lateness <duration>", "how far a record may come behind a newer one of its partition", {
      ...{ default: "1h", parse: parseSpan },
    }),
    pace: flag(
      "--pace <share>",
      `share of the time to work in, above 0 to 1 (default: all of it, and ${BESIDE_LIVE} while the live loop is being asked)`,
      { parse: parseShare },
    ),
    statistics: toggle("--stats", "make the hourly statistics too"),
    incomplete: toggle("--incomplete", "go on if some features can't be computed from the topics, and name them"),
    fresh: toggle("--fresh", "start over, in topics of a new name"),
  },
  more: "\nA replay that was stopped goes on where it was when the same command is given again.",
  async run({ settings, output, flags }) {
    const unreadable = tellUnreadable({ useCase: flags.useCase, rowsTopic: flags.into });
    const result = await replayHere(settings, { ...flags, onUnreadable: unreadable.tell });
    if (result === undefined) {
      output.say("stopped; the same command goes on from here");
      return exitCodes.stopped;
    }
    output.result(result, replayText);
    const code = unreadable.end();
    return result.deadLetters === 0 ? code : exitCodes.partly;
  },
});
