import { defineOperator, defineTopic, defineTopology, jsonStore } from "../../../streams/index.ts";

const schema = { type: "record", name: "Seen", fields: [{ name: "n", type: "int" }] } as const;

/** Counts how often each key was seen. */
export function counting(run: string) {
  const seen = defineTopic<{ n: number }>({ name: `seen-${run}`, schema });
  const counts = defineTopic<{ n: number }>({ name: `counts-${run}`, schema });
  const count = defineOperator({
    name: "count",
    in: { seen },
    out: { counts },
    state: { counted: jsonStore<number>() },
    globals: {},
    handlers: {
      seen: (records, context) => {
        for (const from of records) {
          const n = (context.state.counted.get(from.key) ?? 0) + 1;
          context.state.counted.put(from.key, n);
          context.emit("counts", { key: from.key, value: { n }, time: from.time, from });
        }
      },
    },
  });
  return { seen, counts, topology: defineTopology({ name: run, operators: [count] }) };
}
