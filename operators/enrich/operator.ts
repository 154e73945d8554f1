import { validBlueprints } from "../../blueprints/index.ts";
import { decisionRequests, enriched } from "../../schemas/index.ts";
import { defineOperator } from "../../streams/index.ts";
import { blueprintTable, eventWindows } from "../globals/index.ts";
import { enrichRequest } from "./logic.ts";

/** Requests in, requests with features out. */
export const enrich = defineOperator({
  name: "enrich",
  in: { requests: decisionRequests },
  out: { enriched },
  state: {},
  globals: { blueprints: blueprintTable, windows: eventWindows },
  handlers: {
    requests(records, context) {
      const blueprints = validBlueprints(context.globals.blueprints);
      for (const record of records) {
        const value = enrichRequest(record.value, record.time, blueprints, context.globals.windows);
        context.emit("enriched", { key: record.key, value, time: record.time, from: record });
      }
    },
  },
});
