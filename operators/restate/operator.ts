import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import {
  decisions,
  formerDecisionSchema,
  formerState,
  liveDecisions,
  restatedDecisions,
  withoutKeys,
  type FormerDecision,
} from "../../schemas/index.ts";
import { avroStore, defineOperator, defineTopic } from "../../streams/index.ts";
import { type Scope } from "../globals/index.ts";
import { restated } from "./logic.ts";

/** The live action, without the decision's keys: those of the decision made again come from the same request. */
const kept = avroStore<FormerDecision>(
  defineTopic({ name: "restate-live", schema: formerDecisionSchema }),
  formerState["restate.live"],
);

/** Decisions made again and the live ones of the same ids in, decisions with the live actions out. */
export const restate = (scope: Scope) =>
  defineOperator({
    name: "restate",
    // At the same time the live record comes first.
    in: { live: liveDecisions, again: decisions },
    out: { restated: restatedDecisions },
    state: { live: kept },
    globals: { blueprints: blueprintTable },
    handlers: {
      live(records, context) {
        const blueprints = validBlueprints(context.globals.blueprints);
        for (const record of records) {
          const { key, value, time } = record;
          if (value.useCase !== scope.useCase) continue;
          const compiled = blueprints.version(value.useCase, value.blueprintVersion);
          context.state.live.put(key, value);
          context.schedule(time + (compiled?.blueprint.join.ttlMs ?? 0), key, record);
        }
      },
      again(records, context) {
        for (const record of records) {
          const { key, time, value } = record;
          const live = context.state.live.get(key);
          if (live !== undefined) context.state.live.delete(key);
          context.emit("restated", { key, value: restated(value, live && withoutKeys(live)), time, from: record });
        }
      },
    },
    onTimer({ key }, context) {
      context.state.live.delete(key);
    },
  });
