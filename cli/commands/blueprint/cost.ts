import { measureCost } from "../../../recompute/index.ts";
import { defineCommand } from "../../define-command.ts";
import { flag } from "../../flags/flag.ts";
import { whole } from "../../flags/numbers.ts";
import { withCostStore } from "../../process/blueprints/cost-store.ts";
import { checkUseCase } from "../../process/blueprints/versions.ts";
import { withTools } from "../../process/with-tools.ts";
import { costText } from "../../recompute/cost-text.ts";
import { sourceOf } from "../../recompute/source.ts";

/** Of each group. */
const ROUNDS = { rounds: 9, roundMs: 20 };

export const costCommand = defineCommand({
  name: "cost",
  about:
    "what a version's decisions take, measured by the newest of them: time, reads and state of each group of features, of the model and the policy",
  flags: {
    useCase: flag("--use-case <name>", "whose decisions", { required: true }),
    version: flag("--blueprint <version>", "those of this version (default: that of the newest one)"),
    count: flag("--decisions <count>", "the newest ones, which are made again", {
      ...{ default: "1000", parse: whole(1, 100_000) },
    }),
    salt: flag("--salt <text>", "the salt the loop ran with (default: the settings')"),
  },
  more:
    "\nThe decisions are made again in this process, by the loop's functions, from the retained topics. Nothing is written but a folder" +
    " for temporary files.\nWhat the figures mean: docs/operations.md#what-a-blueprint-costs.",
  run: ({ settings, output, flags: { useCase, version, count, salt = settings.salt } }) =>
    withTools(
      settings,
      async (tools) => {
        await checkUseCase(tools, useCase);
        const report = await withCostStore(settings, (store) =>
          measureCost(sourceOf(tools, salt), { ...ROUNDS, useCase, version, count, store }),
        );
        output.result(report, costText);
      },
      { useCase },
    ),
});
