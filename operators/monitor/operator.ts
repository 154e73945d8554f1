import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { decisions, hourlyStats, joined, observationMisfits, type DecisionRecorded } from "../../schemas/index.ts";
import {
  defineOperator,
  LATENCY_HEADER,
  type Context,
  type Headers,
  type StreamRecord,
  type Topic,
} from "../../streams/index.ts";
import {
  isOfCandidates,
  misfitProblem,
  misfitsIn,
  type MisfitPlace,
  type Misfits,
  type TellMisfit,
} from "../globals/index.ts";
import { hourStore } from "./hour-store.ts";
import {
  countDecision,
  countJoined,
  countMisfits,
  HOUR_MS,
  hourOf,
  newHour,
  toStats,
  type RunningHour,
} from "./logic.ts";

/** An hour is closed this long after its end, in event time, to take late records. */
export const GRACE_MS = 600_000;

const parts = {
  out: { stats: hourlyStats },
  state: { hours: hourStore },
  globals: { blueprints: blueprintTable },
} as const;
type MonitorContext = Context<typeof parts.out, typeof parts.state, typeof parts.globals>;

/** Counts, shares and distributions of each hour of event time, one record a use case, version and partition. */
/** @param tell is called for entries that count for nothing, beside the counts of the hour. */
export const monitorOf = (of: Topic<DecisionRecorded>, tell: TellMisfit = () => undefined) =>
  defineOperator({
    name: "monitor",
    perPartition: true,
    ...parts,
    in: { decisions: of, joined, misfits: observationMisfits },
    reads: {
      decisions: ({ value, time }) => [["hours", hourKey(value, time)]],
      joined: ({ value, time }) => [["hours", hourKey(value.decision, time)]],
      misfits: ({ value, time }) => [["hours", hourKey(value, time)]],
    },
    handlers: {
      decisions(records, context) {
        const blueprints = validBlueprints(context.globals.blueprints);
        update(
          records,
          context,
          ({ value }) => value,
          (hour, { value, headers }) => {
            const compiled = blueprints.version(value.useCase, value.blueprintVersion);
            const { featureNames = [], options } = compiled ?? {};
            countDecision(hour, value, featureNames, latencyOf(headers), options?.slots);
            const misfits = misfitsIn(headers);
            if (misfits === undefined) return;
            countMisfits(hour, "context", misfits);
            const actions = options?.actions?.map(({ optionId }) => optionId) ?? [];
            tellAll(value.useCase, "context", misfits, namesOf(compiled), tell, actions);
          },
        );
      },
      misfits(records, context) {
        const blueprints = validBlueprints(context.globals.blueprints);
        update(
          records,
          context,
          ({ value }) => value,
          (hour, { value }) => {
            const { useCase, blueprintVersion, entries, kind } = value;
            countMisfits(hour, "observation", entries);
            // The reader of events reports their kinds.
            if (kind !== null) countMisfits(hour, "kind", { [kind]: "unknown" });
            const known = blueprints.version(useCase, blueprintVersion)?.declared.observations.keys() ?? [];
            tellAll(useCase, "observation", entries, known, tell);
          },
        );
      },
      joined(records, context) {
        const blueprints = validBlueprints(context.globals.blueprints);
        update(
          records,
          context,
          ({ value }) => value.decision,
          (hour, { value }) => {
            const { useCase, blueprintVersion } = value.decision;
            countJoined(hour, value, blueprints.version(useCase, blueprintVersion)?.blueprint.label.name ?? "");
          },
        );
      },
    },
    onTimer({ key }, context) {
      const hour = context.state.hours.get(key);
      if (hour === undefined) return;
      const [useCase, blueprintVersion, start] = partsOf(key);
      const of = { useCase, blueprintVersion, hour: Number(start), partition: context.partition };
      context.emit("stats", { key: useCase, value: toStats(hour, of), time: of.hour + HOUR_MS });
      context.state.hours.delete(key);
    },
  });

export const monitor = monitorOf(decisions);

/** @param actions those that candidates may name */
function tellAll(
  useCase: string,
  what: MisfitPlace,
  misfits: Misfits,
  known: Iterable<string>,
  tell: TellMisfit,
  actions: readonly string[] = [],
): void {
  const names = [...known];
  for (const [name, text] of Object.entries(misfits)) {
    const problem = misfitProblem(text);
    if (isOfCandidates(problem)) tell({ useCase, what: "candidates", name, problem, known: actions });
    else tell({ useCase, what, name, problem, known: names });
  }
}

interface DecidedBy {
  readonly useCase: string;
  readonly blueprintVersion: string;
}

const hourKey = ({ useCase, blueprintVersion }: DecidedBy, time: number): string =>
  `${useCase}/${blueprintVersion}/${hourOf(time)}`;

/** A use case may have slashes, the version and the hour have none. */
function partsOf(key: string): readonly [useCase: string, blueprintVersion: string, start: string] {
  const parts = key.split("/");
  const [blueprintVersion = "", start = ""] = parts.splice(-2);
  return [parts.join("/"), blueprintVersion, start];
}

/** Counts records of one hour together. */
function update<R extends StreamRecord<unknown>>(
  records: readonly R[],
  context: MonitorContext,
  decisionOf: (record: R) => DecidedBy,
  count: (hour: RunningHour, record: R) => void,
): void {
  const { hours } = context.state;
  for (const [key, some] of Map.groupBy(records, (record) => hourKey(decisionOf(record), record.time))) {
    const [first] = some as [R];
    if (hours.get(key) === undefined) context.schedule(hourOf(first.time) + HOUR_MS + GRACE_MS, key, first);
    hours.update(key, (hour = newHour()) => {
      for (const record of some) count(hour, record);
      return hour;
    });
  }
}

function latencyOf(headers: Headers): number {
  const bytes = headers[LATENCY_HEADER];
  return bytes === undefined ? Number.NaN : Number(Buffer.from(bytes).toString());
}

/** The names that an unknown one may have meant. */
const namesOf = (compiled: CompiledBlueprint | undefined): Iterable<string> =>
  compiled === undefined ? [] : [...compiled.declared.context.keys(), ...(compiled.options?.entries.keys() ?? [])];
