import { randomUUID } from "node:crypto";
import { defaultDecision, type AnyPayload } from "../../client/index.ts";
import { CodedError } from "../../streams/index.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { flag, toggle } from "../flags/flag.ts";
import { whole } from "../flags/numbers.ts";
import { parsePairs, parseValue } from "../flags/pairs.ts";
import { ask, MOST_TIMEOUT_MS } from "../process/ask.ts";
import { readCandidates } from "../process/read-candidates.ts";
import { decisionText } from "../text/decision-text.ts";

export const decideCommand = defineCommand({
  name: "decide",
  about: "ask for one decision; on the embedded backbone the loop runs here if it runs nowhere else",
  args: { context: ["[context...]", "name=value …"] },
  flags: {
    useCase: flag("--use-case <name>", "which blueprint answers", { required: true }),
    unit: flag("--unit <id>", "user, device or other entity the decision is about", { required: true }),
    candidates: flag("--candidates <json>", "options of the request, in their own order: a JSON list, or its file"),
    id: flag("--id <decisionId>", "decision id (default: a new one)"),
    timeout: flag("--timeout <ms>", "then the default is the answer", {
      ...{ default: "2000", parse: whole(1, MOST_TIMEOUT_MS) },
    }),
    default: flag("--default <value>", "answer where there is no decision", { parse: parseValue }),
    strict: toggle("--strict", "refuse names that the blueprint does not know, and values that their types can't read"),
  },
  async run({ settings, output, args, flags }) {
    const { useCase, unit, id, timeout, strict, default: fallback } = flags;
    const [context, candidates] = [parsePairs(args.context), readCandidates(flags.candidates)];
    const question = { useCase, unit, context, candidates, id, timeout, strict, fallback };
    const decision = await ask(settings, question).catch((error: unknown) => {
      // A user who named a default gets it whatever is away, damaged or full, and is told the reason.
      if (fallback === undefined || !(error instanceof CodedError)) throw error;
      const { code, kind } = error;
      return { ...defaultDecision<unknown, AnyPayload>(id ?? randomUUID(), fallback, error), code, next: kind.mend };
    });
    output.result(decision, decisionText);
    return decision.error === null ? exitCodes.ok : exitCodes.failed;
  },
});
