import { validBlueprints } from "../../blueprints/index.ts";
import { rowsFamily, joined } from "../../schemas/index.ts";
import { defineOperator } from "../../streams/index.ts";
import { blueprintTable } from "../globals/index.ts";
import { rowOf } from "./logic.ts";

/** Labelled decisions in, training rows out, on the topic of their use case. What expired makes no row. */
export const etl = defineOperator({
  name: "etl",
  in: { joined },
  out: { rows: rowsFamily },
  state: {},
  globals: { blueprints: blueprintTable },
  handlers: {
    async joined(records, context) {
      const blueprints = validBlueprints(context.globals.blueprints);
      for (const record of records) {
        const { decision, label } = record.value;
        if (label === null) continue;
        const compiled = blueprints.version(decision.useCase, decision.blueprintVersion)!;
        await context.open(compiled.rows);
        const value = rowOf(record.value, compiled);
        context.emit("rows", { key: record.key, value, time: record.time, topic: compiled.rows, headers: {} });
      }
    },
  },
});
