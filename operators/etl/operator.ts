import { blueprintTable, validBlueprints, type ValidBlueprints } from "../../catalogue/index.ts";
import { type DecisionRecorded, DomainError, joined, rowsFamily } from "../../schemas/index.ts";
import { type CodedError, defineOperator, inTurn, StreamsError } from "../../streams/index.ts";
import { rowOf, rowsTopic } from "../../rows/index.ts";

/** Labelled decisions in, training rows out, on the topic of their use case. An expired decision makes no row. */
export const etl = defineOperator({
  name: "etl",
  in: { joined },
  out: { rows: rowsFamily },
  state: {},
  globals: { blueprints: blueprintTable },
  handlers: {
    joined(records, context) {
      const blueprints = validBlueprints(context.globals.blueprints);
      return inTurn(records, (record) => {
        const { decision, maturity } = record.value;
        if (maturity === "expired") return;
        const compiled = blueprints.version(decision.useCase, decision.blueprintVersion);
        if (compiled === undefined) throw unknownVersion(decision, blueprints);
        const topic = rowsTopic(compiled);
        const emit = (): void => {
          const value = rowOf(record.value, compiled);
          context.emit("rows", { key: record.key, value, time: record.time, topic, headers: {} });
        };
        const opening = context.open(topic);
        return opening === undefined ? emit() : opening.then(emit);
      });
    },
  },
});

function unknownVersion({ useCase, blueprintVersion }: DecisionRecorded, blueprints: ValidBlueprints): CodedError {
  const problem = blueprints.problem(useCase, blueprintVersion);
  if (problem !== undefined) return new StreamsError("NEWER_RELEASE", problem);
  return new DomainError("UNKNOWN_VERSION", `blueprint ${useCase}/${blueprintVersion} is not on the blueprints topic`);
}
