import {
  decisionReplies,
  decisions,
  rowsFamily,
  useCaseOfRows,
  type DecisionRecorded,
  type DecisionReplied,
  type TrainingRow,
} from "../schemas/index.ts";
import type { Metrics, Series, SeriesOf } from "../streams/index.ts";

/** Label of requests that name a use case which nobody has published. */
const UNKNOWN = "(unknown)";

/**
 * The metrics of decisions, replies and rows by use case. Labels are bounded: use cases are those of published
 * blueprints, and reasons and maturities are those of the records' schemas.
 * @param isPublished whether a blueprint of the use case is published; asked for refused requests alone
 */
export function decisionSeries(
  { decisions: counter, decisionDuration, rows: rowCounter }: Metrics,
  isPublished: (useCase: string) => boolean,
): SeriesOf {
  const made = keptBy((useCase) =>
    keptBy((reason) => counted((records) => counter.inc({ use_case: useCase, reason }, records))),
  );
  const answered = keptBy((useCase) => {
    const line = decisionDuration.line(useCase);
    return timed((records, seconds) => line.observe(seconds, records));
  });
  const refused = keptBy((useCase) => {
    const error = made(useCase)("error");
    const reply = answered(useCase);
    return timed((records, seconds) => {
      error.add(records, 0);
      reply.add(records, seconds);
    });
  });
  const written = keptBy((topic) =>
    keptBy((maturity) => counted((records) => rowCounter.inc({ use_case: useCaseOfRows(topic), maturity }, records))),
  );
  return {
    [decisions.name](value) {
      const { useCase, reason } = value as DecisionRecorded;
      return made(useCase)(reason);
    },
    [decisionReplies.name](value) {
      const { useCase, blueprintVersion } = value as DecisionReplied;
      // A refused request has no decision of its own, and may name anything.
      if (blueprintVersion === null) return refused(isPublished(useCase) ? useCase : UNKNOWN);
      return answered(useCase);
    },
    [rowsFamily.name]: (value, topic) => written(topic)((value as TrainingRow)["maturity"] as string),
  };
}

const counted = (add: (records: number) => void): Series => ({ timed: false, add });
const timed = (add: Series["add"]): Series => ({ timed: true, add });

/** Makes the thing of a name when it is asked for first. */
function keptBy<T>(make: (name: string) => T): (name: string) => T {
  const kept = new Map<string, T>();
  return (name) => {
    let one = kept.get(name);
    if (one === undefined) kept.set(name, (one = make(name)));
    return one;
  };
}
