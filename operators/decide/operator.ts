import { validBlueprints } from "../../blueprints/index.ts";
import { decisionReplies, decisions, otherReplies, scored } from "../../schemas/index.ts";
import { defineOperator, StreamsError, type ReplyRule } from "../../streams/index.ts";
import { blueprintTable } from "../globals/index.ts";
import { answeredStore, answeredWith, leftAt } from "./answered.ts";
import { decideScored, refusalOf, replyTo } from "./logic.ts";

/**
 * Requests with predictions in, decisions and replies out. A request that names no place for a reply gets none. A decision id
 * that was answered gets the same answer again, and no second record, until the blueprint's retention of answers is over: a retry, a
 * fail-over or a model published in between changes nothing. Then it is decided anew, which record and reply say for as long
 * as its mark is kept. A reply that may not be written where the request wants it makes the request a dead letter; the decision is made and
 * recorded all the same.
 *
 * @param others where replies may go beside their own topic
 */
export const decide = (salt: string, others: ReplyRule = otherReplies) =>
  defineOperator({
    name: "decide",
    in: { scored },
    out: { decisions, replies: decisionReplies },
    state: { answered: answeredStore },
    globals: { blueprints: blueprintTable },
    replies: { replies: others },
    reads: { scored: ({ value }) => [["answered", value.enriched.request.decisionId]] },
    handlers: {
      scored(records, context) {
        const blueprints = validBlueprints(context.globals.blueprints);
        for (const record of records) {
          const { request, blueprintVersion, error } = record.value.enriched;
          const { time } = record;
          const answered = context.state.answered.get(request.decisionId);
          if (answered !== undefined && answered.reply !== null) {
            context.reply("replies", record, { key: request.decisionId, value: answered.reply, time });
            continue;
          }
          const compiled =
            blueprintVersion === null ? undefined : blueprints.version(request.useCase, blueprintVersion);
          if (compiled === undefined) {
            const message = error ?? `blueprint ${blueprintVersion} is gone`;
            const value = refusalOf(record.value, message);
            context.reply("replies", record, { key: request.decisionId, value, time });
            context.reject(record, new StreamsError("HANDLER_FAILED", message));
            continue;
          }
          const decision = decideScored(record.value, compiled, time, salt, answered?.first);
          const reply = replyTo(decision);
          const entry = answeredWith(decision, reply, compiled.blueprint.retention);
          context.state.answered.put(decision.decisionId, entry);
          context.schedule(entry.until, decision.decisionId);
          context.emit("decisions", { key: decision.decisionId, value: decision, time, headers: {} });
          context.reply("replies", record, { key: decision.decisionId, value: reply, time });
        }
      },
    },
    onTimer({ time, key }, context) {
      const answered = context.state.answered.get(key);
      // A mark that gave way to a new answer has left its timer behind.
      if (answered === undefined || time < answered.until) return;
      const left = leftAt(answered, time);
      if (left === undefined) return context.state.answered.delete(key);
      context.state.answered.put(key, left);
      context.schedule(left.until, key);
    },
  });
