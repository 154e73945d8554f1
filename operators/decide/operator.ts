import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import {
  decisionReplies,
  decisionRequests,
  decisions,
  DomainError,
  otherReplies,
  recordLimits,
  scored,
} from "../../schemas/index.ts";
import { defineOperator, StreamsError, type ReplyRule } from "../../streams/index.ts";
import { misfitHeaders } from "../globals/index.ts";
import {
  answeredIn,
  answeredStore,
  answeredWith,
  leftAt,
  leftOf,
  withAnswered,
  type Answered,
  type AnsweredId,
} from "./answered.ts";
import { answerProblem, otherSalt } from "./answer-of-request.ts";
import { loggedAction } from "./logged-action.ts";
import { setAt } from "./acting.ts";
import { decideScored, refusal, refusalOf, replyTo } from "./logic.ts";

const nothing: AnsweredId = Object.freeze([]);

/**
 * Requests with predictions in, decisions and replies out. A request without a place for a reply gets none.
 *
 * A decision is known by its use case and id. Until the blueprint's retention of answers is over, an answered one gets
 * the same answer again, and no second record: a retry, a fail-over or a model published in between changes nothing.
 * Later it is decided anew; record and reply say so while its mark is kept. A request with a known id and another unit
 * gets the known answer too, and is a dead letter that says so.
 *
 * The record keeps those entries of the context that a window can be kept by: the join makes events of its observations
 * with them. If they are too large it keeps none, and the request is a dead letter that says so.
 *
 * A request of history may bring the action that was taken: the record has it, with its propensity, instead of one of
 * the policy's. An action that can't have been taken makes the request a dead letter (`BAD_ACTION`), without a record.
 * A live request may bring none: the policy decides, and the request is a dead letter too.
 *
 * A request may bring its decision, made and answered by a client in the product's process. The record is that one. One that
 * can't be of this request makes it a dead letter (`BAD_ANSWER`), without a record. Work that makes decisions again by another version
 * makes it itself.
 *
 * A request that can't be decoded, or whose handling failed, is answered with the reason, under its record's key and
 * without a use case.
 *
 * A reply to a forbidden topic makes the request a dead letter; the decision is made and recorded all the same.
 * @param others topics for replies beside their own one
 * @param recorded `all`: options that were not shown are recorded too, for work that needs their features
 */
export const decide = (salt: string, others: ReplyRule = otherReplies, recorded: "shown" | "all" = "shown") =>
  defineOperator({
    name: "decide",
    quietTimers: true,
    in: { scored },
    out: { decisions, replies: decisionReplies },
    state: { answered: answeredStore },
    globals: { blueprints: blueprintTable },
    replies: { replies: others },
    refuses: { topic: decisionRequests, output: "replies", reply: (key, message) => refusal(key, "", message) },
    reads: { scored: ({ value }) => [["answered", value.enriched.request.decisionId]] },
    handlers: {
      scored(records, context) {
        const blueprints = validBlueprints(context.globals.blueprints);
        for (const record of records) {
          const { request, blueprintVersion, error, misfits } = record.value.enriched;
          const { decisionId, useCase, unit } = request;
          const { time } = record;
          const known = context.state.answered.get(decisionId) ?? nothing;
          const answered = answeredIn(leftOf(known, time), useCase);
          if (answered !== undefined && answered.reply !== null) {
            if (answered.unit !== null && answered.unit !== unit) {
              context.reject(record, reused(useCase, decisionId, answered.unit, unit));
            }
            context.reply("replies", record, {
              key: decisionId,
              value: { decisionId, useCase, ...answered.reply },
              time,
            });
            continue;
          }
          const answer = recorded === "shown" ? request.answered : null;
          const version = answer?.blueprintVersion ?? blueprintVersion;
          const compiled = version === null ? undefined : blueprints.version(useCase, version);
          if (compiled === undefined) {
            const problem =
              version === null ? blueprints.problemAt(useCase, time) : blueprints.problem(useCase, version);
            const code = problem !== undefined ? undefined : version === null ? "UNKNOWN_USE_CASE" : "UNKNOWN_VERSION";
            const message = error ?? problem ?? `blueprint ${version} is gone`;
            context.reply("replies", record, { key: decisionId, value: refusalOf(record.value, message), time });
            context.reject(
              record,
              code === undefined ? new StreamsError("NEWER_RELEASE", message) : new DomainError(code, message),
            );
            continue;
          }
          const unfit = answer === null ? undefined : answerProblem(answer, request, time, compiled);
          if (unfit !== undefined) {
            context.reject(record, unfit);
            context.reply("replies", record, { key: decisionId, value: refusalOf(record.value, unfit.message), time });
            continue;
          }
          const salted = answer === null ? undefined : otherSalt(answer, salt);
          if (salted !== undefined) context.reject(record, salted);
          const logged = loggedAction(request, record.headers, compiled);
          if (logged.kind === "refused" || logged.kind === "ignored") context.reject(record, logged.error);
          if (logged.kind === "refused") {
            const { message } = logged.error;
            context.reply("replies", record, { key: decisionId, value: refusalOf(record.value, message), time });
            continue;
          }
          const action = logged.kind === "taken" ? logged.action : null;
          const repeatOf = answered?.first;
          const set = setAt(blueprints, compiled, time);
          const decision =
            answer === null
              ? decideScored(record.value, compiled, time, salt, set, repeatOf, action, recorded)
              : { ...answer, repeatOf: repeatOf ?? null };
          if (decision.keys === null) context.reject(record, keysTooLarge(useCase, decisionId));
          const reply = replyTo(decision, compiled);
          const entry = answeredWith(decision, reply, compiled.blueprint.retention);
          context.state.answered.put(decisionId, withAnswered(known, entry));
          context.schedule(entry.until, decisionId, record);
          context.emit("decisions", { key: decisionId, value: decision, time, headers: misfitHeaders(misfits) });
          context.reply("replies", record, { key: decisionId, value: reply, time });
        }
      },
    },
    onTimer({ time, key }, context) {
      const known = context.state.answered.get(key);
      // A mark that gave way to a new answer has left its timer behind. Another use case of the id has its own time.
      const isDue = ({ until }: Answered): boolean => until === time;
      if (known === undefined || !known.some(isDue)) return;
      const left = known.flatMap((one) => (isDue(one) ? (leftAt(one, time) ?? []) : one));
      if (left.length === 0) return context.state.answered.delete(key);
      context.state.answered.put(key, left);
      for (const one of left) if (!known.includes(one)) context.schedule(one.until, key);
    },
  });

const reused = (useCase: string, decisionId: string, unit: string, other: string): DomainError =>
  new DomainError(
    "DECISION_ID_REUSED",
    `decision ${decisionId} of use case ${useCase} is of unit ${JSON.stringify(unit)} and was asked for again for unit ` +
      `${JSON.stringify(other)}: it got the same answer; give each decision an id of its own`,
  );

const keysTooLarge = (useCase: string, decisionId: string): StreamsError =>
  new StreamsError(
    "OVER_LIMIT",
    `decision ${decisionId} of use case ${useCase} was made, but its keys and categories take more than ${recordLimits.decisionKeyBytes} ` +
      "bytes: they are not kept, and its observations are no events; send shorter ones",
  );
