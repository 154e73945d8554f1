import { explainDecision } from "../../recompute/index.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { flag } from "../flags/flag.ts";
import { parseTime } from "../flags/times.ts";
import { withTools } from "../process/with-tools.ts";
import { explanationText } from "../recompute/explanation-text.ts";
import { sourceOf } from "../recompute/source.ts";
import { shownTime } from "../text/output.ts";
import { DomainError } from "../../schemas/index.ts";

export const explainCommand = defineCommand({
  name: "explain",
  about: "make one decision again from the topics and show the source of everything in it; exit code 1 if it differs",
  args: { decisionId: ["<decisionId>", "which decision"] },
  flags: {
    useCase: flag(
      "--use-case <name>",
      "of several decisions under the id the one in this use case (default: the first)",
    ),
    at: flag("--at <time>", "of several decisions under the id the one made then (default: the first)", {
      parse: parseTime,
    }),
    salt: flag("--salt <text>", "the salt the loop ran with (default: the settings')"),
  },
  run: ({ settings, output, args: { decisionId }, flags: { useCase, at, salt } }) =>
    withTools(settings, async (tools) => {
      const explanation = await explainDecision(sourceOf(tools, salt ?? settings.salt), decisionId, {
        time: at,
        useCase,
      });
      if (explanation === undefined) {
        const which = `${useCase === undefined ? "" : ` of ${useCase}`}${at === undefined ? "" : ` made at ${shownTime(at)}`}`;
        throw new DomainError("UNKNOWN_DECISION", `there is no decision ${decisionId}${which} on the topic decisions`);
      }
      output.result(explanation, explanationText);
      return explanation.equal ? exitCodes.ok : exitCodes.failed;
    }),
});
