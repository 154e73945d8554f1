import { defineCommand } from "../define-command.ts";
import { flag } from "../flags/flag.ts";
import { parsePastTime } from "../flags/times.ts";
import { withClient } from "../process/with-client.ts";

export const activateCommand = defineCommand({
  name: "activate",
  about: "say that a deferred decision was shown: it makes its row from then on",
  args: { decisionId: ["<decisionId>", "the decision that was shown"] },
  flags: {
    time: flag("--time <time>", "when it was shown (default: now)", { parse: parsePastTime }),
    useCase: flag("--use-case <name>", "of the decision (default: the decisions of this id in every use case)"),
  },
  async run({ settings, output, args: { decisionId }, flags: { time, useCase } }) {
    await withClient(settings, false, async (client) => {
      const stored = await client.activate(decisionId, { throwOnError: true, time, useCase });
      output.result(stored, () => `activated ${decisionId}`);
    });
  },
});
