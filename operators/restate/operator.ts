import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import {
  decisions,
  formerState,
  liveDecisions,
  restatedDecisions,
  type DecisionRecorded,
} from "../../schemas/index.ts";
import { avroStore, defineOperator, defineTopic, type AvroSchema } from "../../streams/index.ts";
import { type Scope } from "../globals/index.ts";
import { restated } from "./logic.ts";

const { fields, ...record } = decisions.schema as { readonly fields: readonly { readonly name: string }[] };
const keptSchema = { ...record, fields: fields.filter(({ name }) => name !== "keys") } as AvroSchema;

/** The live action, without the decision's keys: those of the decision made again come from the same request. */
const kept = avroStore<Omit<DecisionRecorded, "keys">>(
  defineTopic({ name: "restate-live", schema: keptSchema }),
  formerState["restate.live"],
);
const waiting = avroStore<DecisionRecorded>(restatedDecisions);

/**
 * Stands before the timers of waiting decisions; those of live ones are a decision id alone. The live record of an id
 * that begins with it is not taken away at its TTL; no row depends on that.
 */
const WAITED = "\u0001";

/**
 * Decisions made again and the live ones of the same ids in, decisions with the live actions out.
 * @param patienceMs how long one waits for the live decision, event time; then it stands as there were none
 */
export const restate = (scope: Scope, patienceMs = 0) =>
  defineOperator({
    name: "restate",
    // At the same time the live record comes first.
    in: { live: liveDecisions, again: decisions },
    out: { restated: restatedDecisions },
    state: { live: kept, waiting },
    globals: { blueprints: blueprintTable },
    handlers: {
      live(records, context) {
        const blueprints = validBlueprints(context.globals.blueprints);
        for (const record of records) {
          const { key, value, time } = record;
          if (value.useCase !== scope.useCase) continue;
          // Where none waits, nothing is looked up.
          const again = patienceMs > 0 ? context.state.waiting.get(key) : undefined;
          if (again !== undefined && again.decisionTime === value.decisionTime) {
            context.state.waiting.delete(key);
            context.emit("restated", { key, value: restated(again, value), time: again.decisionTime, from: record });
            continue;
          }
          const compiled = blueprints.version(value.useCase, value.blueprintVersion);
          context.state.live.put(key, value);
          context.schedule(time + (compiled?.blueprint.join.ttlMs ?? 0), key, record);
        }
      },
      again(records, context) {
        for (const record of records) {
          const { key, time, value } = record;
          const live = context.state.live.get(key);
          if (live === undefined && patienceMs > 0) {
            const other = context.state.waiting.get(key);
            // The id was asked again: of two that wait, the one of before stands as it is.
            if (other !== undefined && other.decisionTime !== value.decisionTime)
              context.emit("restated", { key, value: other, time: other.decisionTime, from: record });
            context.state.waiting.put(key, value);
            context.schedule(time + patienceMs, WAITED + key, record);
            continue;
          }
          if (live !== undefined) context.state.live.delete(key);
          context.emit("restated", {
            key,
            value: restated(value, live && { ...live, keys: null }),
            time,
            from: record,
          });
        }
      },
    },
    timerReads: ({ key }) => (key.startsWith(WAITED) ? [["waiting", key.slice(WAITED.length)]] : [["live", key]]),
    onTimer({ key, time }, context) {
      if (!key.startsWith(WAITED)) return context.state.live.delete(key);
      const id = key.slice(WAITED.length);
      const again = context.state.waiting.get(id);
      if (again === undefined || again.decisionTime + patienceMs !== time) return undefined;
      context.state.waiting.delete(id);
      return context.emit("restated", { key: id, value: again, time: again.decisionTime });
    },
  });
