import type { Command } from "commander";
import { explainDecision } from "../../recompute/index.ts";
import { parseTime, run, withSettings } from "../command.ts";
import { withTools } from "../process/with-tools.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { explanationText } from "../recompute/explanation-text.ts";
import type { SettingsFlags } from "../flags/settings.ts";

interface Flags extends SettingsFlags {
  readonly json?: boolean;
  readonly at?: string;
  readonly useCase?: string;
  readonly salt?: string;
}

export function explainCommand(parent: Command): void {
  withSettings(parent.command("explain"))
    .description(
      "make one decision again from the topics and say where everything in it came from; exit code 1 if it differs",
    )
    .argument("<decisionId>", "which decision")
    .option("--use-case <name>", "of several decisions under the id the one in this use case (default: the first)")
    .option("--at <time>", "of several decisions under the id the one made then (default: the first)")
    .option("--salt <text>", "the salt the loop ran with (default: the settings')")
    .action((decisionId: string, flags: Flags) =>
      run(flags, ({ settings, output }) =>
        withTools(settings, async (tools) => {
          const source = {
            ...tools,
            scorers: tools.scorers.get.bind(tools.scorers),
            salt: flags.salt ?? settings.salt,
          };
          const explanation = await explainDecision(source, decisionId, {
            ...(flags.at === undefined ? {} : { time: parseTime(flags.at, "--at") }),
            ...(flags.useCase === undefined ? {} : { useCase: flags.useCase }),
          });
          if (explanation === undefined) {
            throw new UsageError(
              `there is no decision ${decisionId}${flags.useCase === undefined ? "" : ` of ${flags.useCase}`}` +
                `${flags.at === undefined ? "" : ` made at ${flags.at}`} on the topic decisions`,
            );
          }
          output.result(explanation, explanationText);
          return explanation.equal ? exitCodes.ok : exitCodes.failed;
        }),
      ),
    );
}
