import { validBlueprints } from "../../blueprints/index.ts";
import { decisionReplies, decisions, scored } from "../../schemas/index.ts";
import { defineOperator, replyAddress, StreamsError } from "../../streams/index.ts";
import { blueprintTable } from "../globals/index.ts";
import { decideScored, refusalOf, replyTo } from "./logic.ts";

/** Requests with predictions in, decisions and replies out. A request that names no place for a reply gets none. */
export const decide = (salt: string) =>
  defineOperator({
    name: "decide",
    in: { scored },
    out: { decisions, replies: decisionReplies },
    state: {},
    globals: { blueprints: blueprintTable },
    handlers: {
      scored(records, context) {
        const blueprints = validBlueprints(context.globals.blueprints);
        for (const record of records) {
          const { request, blueprintVersion, error } = record.value.enriched;
          const { time } = record;
          const address = replyAddress(record.headers);
          const compiled =
            blueprintVersion === null ? undefined : blueprints.version(request.useCase, blueprintVersion);
          if (compiled === undefined) {
            const message = error ?? `blueprint ${blueprintVersion} is gone`;
            const value = refusalOf(record.value, message);
            if (address) context.emit("replies", { key: request.decisionId, value, time, ...address });
            context.reject(record, new StreamsError("HANDLER_FAILED", message));
            continue;
          }
          const decision = decideScored(record.value, compiled, time, salt);
          context.emit("decisions", { key: decision.decisionId, value: decision, time, headers: {} });
          if (address) {
            context.emit("replies", { key: decision.decisionId, value: replyTo(decision), time, ...address });
          }
        }
      },
    },
  });
