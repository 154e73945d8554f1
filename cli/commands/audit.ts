import { audit } from "../../recompute/index.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { flag, toggle } from "../flags/flag.ts";
import { parsePercentage } from "../flags/numbers.ts";
import { parseTime } from "../flags/times.ts";
import { checkUseCase } from "../process/blueprints/versions.ts";
import { withTools } from "../process/with-tools.ts";
import { auditText } from "../recompute/audit-text.ts";
import { sourceOf } from "../recompute/source.ts";

export const auditCommand = defineCommand({
  name: "audit",
  about:
    "make a sample of the decisions again from the topics and report every difference; exit code 1 if there is one",
  flags: {
    sample: flag("--sample <share>", "of the decisions, always the same ones: 1% or 0.01", {
      default: "1%",
      parse: parsePercentage,
    }),
    useCase: flag("--use-case <name>", "of this use case only"),
    from: flag("--from <time>", "decided at or after", { parse: parseTime }),
    to: flag("--to <time>", "decided before", { parse: parseTime }),
    salt: flag("--salt <text>", "the salt the loop ran with (default: the settings')"),
    allowLate: toggle(
      "--allow-late",
      "differences with a known cause, such as an event that came late, leave the exit code 0",
    ),
  },
  run: ({ settings, output, flags: { sample, useCase, from, to, salt, allowLate } }) =>
    withTools(
      settings,
      async (tools) => {
        if (useCase !== undefined) await checkUseCase(tools, useCase);
        const report = await audit(sourceOf(tools, salt ?? settings.salt), {
          ...{ useCase, share: sample },
          from: from ?? Number.NEGATIVE_INFINITY,
          to: to ?? Number.POSITIVE_INFINITY,
        });
        output.result(report, auditText);
        const wrong = report.differences.length - (allowLate ? report.explained : 0);
        return wrong === 0 ? exitCodes.ok : exitCodes.failed;
      },
      { useCase },
    ),
});
