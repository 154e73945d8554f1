import { defineCommand } from "../define-command.ts";
import { flag, toggle } from "../flags/flag.ts";
import { parsePairs } from "../flags/pairs.ts";
import { parsePastTime } from "../flags/times.ts";
import { tellUndeclared } from "../process/tell-undeclared.ts";
import { withClient } from "../process/with-client.ts";

export const observeCommand = defineCommand({
  name: "observe",
  about: "say what happened after a decision",
  args: { decisionId: ["<decisionId>", "the decision it belongs to"], values: ["<values...>", "name=value …"] },
  flags: {
    strict: toggle("--strict", "refuse names that the blueprint does not know, and values that their types can't read"),
    time: flag("--time <time>", "when it happened (default: now)", { parse: parsePastTime }),
    useCase: flag("--use-case <name>", "of the decision (default: the decisions of this id in every use case)"),
    option: flag("--option <optionId>", "the option that it is about (default: all that were shown)"),
    id: flag("--id <observationId>", "the same id sent again counts once (default: a new one)"),
  },
  async run({ settings, output, args: { decisionId, values }, flags: { strict, time, useCase, option, id } }) {
    const said = parsePairs(values);
    await withClient(settings, strict, async (client, connection) => {
      const stored = await client.logObservations(decisionId, said, {
        throwOnError: true,
        time,
        observationId: id,
        optionId: option,
        useCase,
      });
      if (!strict) {
        await tellUndeclared(connection, (known, ms) =>
          known.observations(useCase ?? "", said, time ?? Date.now(), ms),
        );
      }
      output.result(stored, () => `observed ${decisionId}`);
    });
  },
});
