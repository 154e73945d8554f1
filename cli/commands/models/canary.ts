import { defineCommand } from "../../define-command.ts";
import { flag } from "../../flags/flag.ts";
import { parsePercentage } from "../../flags/numbers.ts";
import { moveAndTell, reasonFlag } from "../../process/models.ts";
import { withTools } from "../../process/with-tools.ts";

export const canaryCommand = defineCommand({
  name: "canary",
  about:
    "let a model decide for a share of the units, always the same ones, or for another share than it has; the others stay with the one in production",
  args: { modelId: ["<modelId>"] },
  flags: {
    share: flag("--share <share>", "of the units: 5% or 0.05", { required: true, parse: parsePercentage }),
    reason: reasonFlag,
  },
  run: ({ settings, output, args: { modelId }, flags: { share, reason } }) =>
    withTools(settings, (tools) => moveAndTell(tools, output, modelId, { canary: share }, reason)),
});
