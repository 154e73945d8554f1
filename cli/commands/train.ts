import type { Command } from "commander";
import { validBlueprints, blueprintTable } from "../../catalogue/index.ts";
import { readTable } from "../../streams/index.ts";
import { scoreRows } from "../../trainer/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { parseTime, run, withSettings } from "../command.ts";
import { withTools } from "../process/with-tools.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { tellLeftOut } from "../text/left-out.ts";
import { parseDecimal, shown } from "../flags/numbers.ts";
import { progress } from "../text/progress.ts";
import type { SettingsFlags } from "../flags/settings.ts";

interface Flags extends SettingsFlags {
  readonly json?: boolean;
  readonly useCase: string;
  readonly until?: string;
  readonly blueprint?: string;
  readonly holdout?: string;
  readonly scoreUntil?: string;
  readonly rows?: string;
}

export function trainCommand(parent: Command): void {
  withSettings(parent.command("train"))
    .description("train a model from the rows now; it goes to production only if it beats the one there")
    .requiredOption("--use-case <name>", "whose rows")
    .option("--until <time>", "only rows complete by then; the model is valid after it (default: now)")
    .option("--blueprint <version>", "blueprint version (default: the one live at --until)")
    .option("--rows <topic>", "where the rows are, as a replay printed it (default: the use case's own topic)")
    .option("--holdout <share>", "share of the newest rows to judge it by, 0 to 0.9 (0: train on all, don't promote)")
    .option(
      "--score-until <time>",
      "also score it on the rows decided after those it was trained on and held out, and before this time",
    )
    .action((flags: Flags) =>
      run(flags, ({ settings, output }) =>
        withTools(
          settings,
          async (tools) => {
            const until = flags.until === undefined ? Date.now() : parseTime(flags.until, "--until");
            const holdout = flags.holdout === undefined ? undefined : parseDecimal(flags.holdout);
            if (holdout !== undefined && !(holdout >= 0 && holdout <= 0.9)) {
              throw new UsageError(`--holdout ${shown(flags.holdout!)}: write a share from 0 to 0.9`);
            }
            if (flags.rows !== undefined && (await tools.backbone.partitions(flags.rows)) === undefined) {
              throw new UsageError(`--rows ${flags.rows}: there is no such topic; loopstream topics lists them`);
            }
            const bar = progress("train", null, { enabled: !output.json });
            const result = await tools.trainer.train({
              useCase: flags.useCase,
              until,
              ...(flags.until === undefined ? { publishedAt: Date.now } : {}),
              onProgress: (done, total) => bar.update(done, `of ${total} rounds`),
              ...(flags.blueprint === undefined ? {} : { blueprintVersion: flags.blueprint }),
              ...(flags.rows === undefined ? {} : { rowsTopic: flags.rows }),
              ...(holdout === undefined ? {} : { holdout }),
            });
            bar.stop();
            const { leftOut, treated } = result;
            if (result.kind === "tooFewRows") {
              const { rows, needed } = result;
              const usable = leftOut.length + treated.length === 0 ? "complete by then" : "complete by then and usable";
              output.result(result, () => `not trained: ${rows} rows are ${usable}, ${needed} are needed`);
              tellLeftOut(leftOut, treated);
              return exitCodes.failed;
            }
            const { model, promoted, seconds } = result;
            const table = validBlueprints(await readTable(tools.backbone, tools.serdes, blueprintTable));
            const compiled = table.version(flags.useCase, model.blueprintVersion)!;
            const scored =
              flags.scoreUntil === undefined
                ? undefined
                : await scoreRows(
                    tools,
                    compiled,
                    table,
                    result.onnx,
                    result.newest + 1,
                    parseTime(flags.scoreUntil, "--score-until"),
                    rowsTopic(compiled, flags.rows),
                  );
            const { modelId, metrics, provenance, states } = model;
            const value = {
              modelId,
              promoted,
              metrics,
              scored,
              rows: provenance.rows,
              seconds,
              reason: states.at(-1)!.reason,
              leftOut,
              treated,
            };
            output.result(value, () =>
              [
                `model ${modelId}, ${provenance.rows} rows, ${seconds.toFixed(1)} s: ${value.reason}`,
                ...(scored === undefined
                  ? []
                  : [
                      `on ${scored.rows} later rows: ${Object.entries(scored.metrics)
                        .map(([name, figure]) => `${name} ${figure.toFixed(4)}`)
                        .join(", ")}`,
                    ]),
              ].join("\n"),
            );
            return tellLeftOut(leftOut, treated);
          },
          { useCase: flags.useCase, rowsTopic: flags.rows },
        ),
      ),
    );
}
