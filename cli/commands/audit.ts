import type { Command } from "commander";
import { validBlueprints, blueprintTable } from "../../catalogue/index.ts";
import { audit } from "../../recompute/index.ts";
import { readTable } from "../../streams/index.ts";
import type { Tools } from "../../loop/index.ts";
import { parseTime, run, withSettings } from "../command.ts";
import { withTools } from "../process/with-tools.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { parseDecimal, shown } from "../flags/numbers.ts";
import { auditText } from "../recompute/audit-text.ts";
import type { SettingsFlags } from "../flags/settings.ts";

interface Flags extends SettingsFlags {
  readonly json?: boolean;
  readonly useCase?: string;
  readonly sample: string;
  readonly from?: string;
  readonly to?: string;
  readonly salt?: string;
  readonly allowLate?: boolean;
}

export function auditCommand(parent: Command): void {
  withSettings(parent.command("audit"))
    .description(
      "make a sample of the decisions again from the topics and report every difference; exit code 1 if there is one",
    )
    .option("--sample <share>", "of the decisions, always the same ones: 1% or 0.01", "1%")
    .option("--use-case <name>", "of this use case only")
    .option("--from <time>", "decided at or after")
    .option("--to <time>", "decided before")
    .option("--salt <text>", "the salt the loop ran with (default: the settings')")
    .option("--allow-late", "differences with a known cause, such as an event that came late, leave the exit code 0")
    .action((flags: Flags) =>
      run(flags, ({ settings, output }) =>
        withTools(
          settings,
          async (tools) => {
            if (flags.useCase !== undefined) await checkUseCase(tools, flags.useCase);
            const source = {
              ...tools,
              scorers: tools.scorers.get.bind(tools.scorers),
              salt: flags.salt ?? settings.salt,
            };
            const report = await audit(source, {
              useCase: flags.useCase,
              share: parseShare(flags.sample),
              from: flags.from === undefined ? Number.NEGATIVE_INFINITY : parseTime(flags.from, "--from"),
              to: flags.to === undefined ? Number.POSITIVE_INFINITY : parseTime(flags.to, "--to"),
            });
            output.result(report, auditText);
            const wrong = report.differences.length - (flags.allowLate === true ? report.explained : 0);
            return wrong === 0 ? exitCodes.ok : exitCodes.failed;
          },
          { useCase: flags.useCase },
        ),
      ),
    );
}

/** A name that is mistyped would be a sample of nothing, without a difference. */
async function checkUseCase({ backbone, serdes }: Pick<Tools, "backbone" | "serdes">, useCase: string): Promise<void> {
  const known = validBlueprints(await readTable(backbone, serdes, blueprintTable)).useCases();
  if (known.includes(useCase)) return;
  throw new UsageError(`there is no use case "${useCase}"; known are ${known.join(", ") || "none"}`);
}

function parseShare(text: string): number {
  const share = text.endsWith("%") ? parseDecimal(text.slice(0, -1)) / 100 : parseDecimal(text);
  if (share > 0 && share <= 1) return share;
  throw new UsageError(`--sample ${shown(text)}: write a share above 0, at most 1 or 100%`);
}
