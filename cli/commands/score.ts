import { askedVersion } from "../../catalogue/index.ts";
import { defineCommand } from "../define-command.ts";
import { flag } from "../flags/flag.ts";
import { checkTopic } from "../process/check-topic.ts";
import { readVersions } from "../process/blueprints/versions.ts";
import { askedModel, fileToScore, rowsToScore } from "../process/score/score-here.ts";
import { scoredText, scoreTable } from "../process/score/score-table.ts";
import { withTools } from "../process/with-tools.ts";
import { tellLeftOut } from "../text/left-out.ts";
import { progress } from "../text/progress.ts";
import { UsageError } from "../exit-codes.ts";

export const scoreCommand = defineCommand({
  name: "score",
  about: "write a table with a model's predictions of each of its rows; nothing is decided or published",
  flags: {
    useCase: flag("--use-case <name>", "whose model", { required: true }),
    out: flag(
      "--out <file>",
      "the table with a column more for each label: .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet",
      {
        required: true,
      },
    ),
    in: flag("--in <file>", "columns named as features, as rows exports them (default: the use case's own rows)"),
    topic: flag("--from-topic <name>", "topic of the rows to score, as a replay printed it"),
    model: flag("--model <id>", "a model's id, or production: the one of the version now", { default: "production" }),
    version: flag("--blueprint <version>", "blueprint version (default: the one of --model, else the live one)"),
  },
  run({ settings, output, flags: { useCase, out, in: file, topic, model: asked, version } }) {
    if (file !== undefined && topic !== undefined)
      throw new UsageError("--from-topic: rows come from --in or from a topic");
    return withTools(
      settings,
      async (tools) => {
        const known = await readVersions(tools);
        if (topic !== undefined) await checkTopic(tools, "--from-topic", topic);
        const model = await askedModel(tools, askedVersion(known, useCase, version), asked);
        const compiled = askedVersion(known, useCase, version ?? model.blueprintVersion);
        const rows = rowsToScore(tools, compiled, known, topic);
        const table = file === undefined ? rows : await fileToScore(file, compiled, known);
        const bar = progress("score", null);
        const onWritten = (done: number): void => bar.update(done, "rows", null);
        const options = { scorer: await tools.scorers.get(model), compiled, out, onWritten };
        const made = await scoreTable(table, options).finally(() => bar.stop());
        const result = {
          ...made,
          modelId: model.modelId,
          file: out,
          leftOut: file === undefined ? rows.leftOut() : [],
        };
        output.result(result, scoredText);
        return tellLeftOut(result.leftOut);
      },
      { useCase, rowsTopic: topic },
    );
  },
});
