import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { flag } from "../flags/flag.ts";
import { parseHoldout } from "../flags/numbers.ts";
import { parseTime } from "../flags/times.ts";
import { checkTopic } from "../process/check-topic.ts";
import { scoreAfter } from "../process/score-after.ts";
import { withTools } from "../process/with-tools.ts";
import { tellLeftOut } from "../text/left-out.ts";
import { progress } from "../text/progress.ts";
import { tooFewText, trainedJson, trainedText } from "../text/models/trained-text.ts";
import { trainModel } from "../../trainer/index.ts";

export const trainCommand = defineCommand({
  name: "train",
  about: "train a model from the rows now; it goes to production only if it beats the one there",
  flags: {
    useCase: flag("--use-case <name>", "whose rows", { required: true }),
    until: flag("--until <time>", "only rows complete by then; the model is valid after it (default: now)", {
      parse: parseTime,
    }),
    blueprintVersion: flag("--blueprint <version>", "blueprint version (default: the one live at --until)"),
    rows: flag("--rows <topic>", "topic of the rows, as a replay printed it (default: the use case's own topic)"),
    holdout: flag(
      "--holdout <share>",
      "share of the newest rows to judge it by, 0 to 0.9 (0: train on all, don't promote)",
      { parse: parseHoldout },
    ),
    scoreUntil: flag(
      "--score-until <time>",
      "also score it on the rows decided after those it was trained on and held out, and before this time",
      { parse: parseTime },
    ),
  },
  run: ({ settings, output, flags: { useCase, until, blueprintVersion, rows, holdout, scoreUntil } }) =>
    withTools(
      settings,
      async (tools) => {
        if (rows !== undefined) await checkTopic(tools, "--rows", rows);
        const bar = progress("train", null);
        const result = await trainModel(tools, {
          ...{ useCase, until: until ?? Date.now() },
          ...(until === undefined ? { publishedAt: Date.now } : {}),
          blueprintVersion,
          rowsTopic: rows,
          holdout,
          onProgress: (done, total) => bar.update(done, "rounds", total),
        });
        bar.stop();
        if (result.kind === "tooFewRows") output.result(result, tooFewText);
        else output.result(trainedJson(result, await scoreAfter(tools, result, scoreUntil, rows)), trainedText);
        const code = tellLeftOut(result.leftOut, result.treated);
        return result.kind === "trained" ? code : exitCodes.failed;
      },
      { useCase, rowsTopic: rows },
    ),
});
