import { compileBlueprint } from "../../blueprints/index.ts";
import { evaluatePolicy } from "../../recompute/index.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { flag } from "../flags/flag.ts";
import { whole } from "../flags/numbers.ts";
import { parseTime } from "../flags/times.ts";
import { textOfVersionOrFile } from "../process/blueprints/published.ts";
import { checkUseCase, readPublished } from "../process/blueprints/versions.ts";
import { withTools } from "../process/with-tools.ts";
import { evaluationText } from "../recompute/evaluation-text.ts";
import { sourceOf } from "../recompute/source.ts";
import { tellLeftOut } from "../text/left-out.ts";

export const evaluateCommand = defineCommand({
  name: "evaluate",
  about: "estimate the mean reward that a policy would have had, from logged decisions with propensities",
  flags: {
    useCase: flag("--use-case <name>", "whose decisions", { required: true }),
    policy: flag("--policy <policy>", "a blueprint's file, a published version, or uniform: all actions alike", {
      required: true,
    }),
    from: flag("--from <time>", "decided at or after", { parse: parseTime }),
    to: flag("--to <time>", "decided before", { parse: parseTime }),
    reward: flag("--reward <name>", "a label, or a column of the rows (default: the reward, else the only label)"),
    folds: flag("--folds <count>", "cross-fitting of the model of the reward; 1: it has seen all rewards", {
      default: "5",
      parse: whole(1, 100),
    }),
    salt: flag("--salt <text>", "the salt the loop ran with (default: the settings')"),
  },
  more:
    "\nExit code 6: the decisions say too little about the policy, and there are no estimates." +
    "\nIPS, SNIPS, DM and DR, their intervals and the bounds of support: docs/evaluate.md.",
  run: ({ settings, output, flags: { useCase, policy, from, to, reward, folds, salt } }) =>
    withTools(
      settings,
      async (tools) => {
        await checkUseCase(tools, useCase);
        const target =
          policy === "uniform"
            ? policy
            : compileBlueprint(textOfVersionOrFile(await readPublished(tools), useCase, policy));
        const evaluation = await evaluatePolicy(sourceOf(tools, salt ?? settings.salt), {
          ...{ useCase, target, reward, folds },
          from: from ?? Number.NEGATIVE_INFINITY,
          to: to ?? Number.POSITIVE_INFINITY,
        });
        output.result(evaluation, evaluationText);
        const code = tellLeftOut(evaluation.leftOutRows);
        return evaluation.refused.length === 0 ? code : exitCodes.refused;
      },
      { useCase },
    ),
});
