import {
  blueprints,
  clock,
  decisionRequests,
  decisions,
  events,
  liveDecisions,
  modelArtifacts,
  models,
  observations,
  posteriors,
  rowsTopicName,
  tableRows,
} from "../../schemas/index.ts";
import { defineTopic, sideView, type Backbone, type LaneMark, type Topic } from "../../streams/index.ts";

/** How far a partition has been shown; see `LaneMark`. */
const MARK = {
  type: "record",
  name: "LaneMark",
  fields: [
    { name: "topic", type: "string" },
    { name: "partition", type: "int" },
    { name: "oldest", type: "long" },
    { name: "next", type: "long" },
    { name: "shown", type: "long" },
    { name: "until", type: ["null", "long"] },
    { name: "end", type: ["null", "long"] },
  ],
};
const MARKS = { type: "array", items: "LaneMark" };

/** The settled bounds of a replay, and its progress. One record, written after every step. */
export interface ReplayProgress {
  readonly useCase: string;
  /** Decision times `[from, to)`, ms. */
  readonly from: number;
  readonly to: number;
  readonly blueprintVersion: string | null;
  readonly rowsTopic: string;
  /** Requests of any use case in that time. */
  readonly requests: number;
  /** Event time of its end, ms: all before it is shown. By then every wait of a decision is over, or the live clock stands right before it. */
  readonly horizon: number;
  readonly latenessMs: number;
  readonly stepMs: number;
  /** Event time that was reached, ms. */
  readonly until: number;
  /** The farthest look back before a decision, ms. */
  readonly lookBackMs: number;
  readonly finished: boolean;
  /** Requests shown. */
  readonly shown: number;
  readonly late: number;
  readonly marks: readonly LaneMark[];
  /** The place from which the events for windows are read again. */
  readonly eventMarks: readonly LaneMark[];
  /** Ids of the marked live topics by name, if the brokers give topics ids. */
  readonly topicIds: Readonly<Record<string, string>>;
  /** Features that can't be computed, each with the reason. */
  readonly missing: readonly string[];
}

export const replayProgress: Topic<ReplayProgress> = defineTopic({
  name: "replay-progress",
  cleanup: "compact",
  partitions: 1,
  schema: {
    type: "record",
    name: "ReplayProgress",
    namespace: "loopstream.replay",
    fields: [
      { name: "useCase", type: "string" },
      { name: "from", type: "long" },
      { name: "to", type: "long" },
      { name: "blueprintVersion", type: ["null", "string"] },
      { name: "rowsTopic", type: "string" },
      { name: "requests", type: "long" },
      { name: "horizon", type: "long" },
      { name: "latenessMs", type: "long" },
      { name: "stepMs", type: "long" },
      { name: "until", type: "long" },
      { name: "lookBackMs", type: "long" },
      { name: "finished", type: "boolean" },
      { name: "shown", type: "long" },
      { name: "late", type: "long" },
      { name: "marks", type: { type: "array", items: MARK } },
      { name: "eventMarks", type: MARKS },
      { name: "topicIds", type: { type: "map", values: "string" }, default: {} },
      { name: "missing", type: { type: "array", items: "string" }, default: [] },
    ],
  },
});

export const PROGRESS_KEY = "progress";

/** Topics that the live group writes. Work beside it only reads them. */
const sources = [decisionRequests, observations, events, tableRows, posteriors, blueprints, models, modelArtifacts];

export interface BesideLive {
  /** Another topic for the rows of a use case. */
  readonly rows?: { readonly useCase: string; readonly topic: string };
  /** Event time goes on by the live ticks. Default: by ticks of its own. */
  readonly ticks?: boolean;
}

/**
 * The live topics for work beside the live group. Requests, observations, events, blueprints and models are the live
 * ones and are never written. The live decisions are called `live-decisions`. The names of all other topics begin with
 * the prefix, those of the new decisions too.
 */
export function besideLive(backbone: Backbone, prefix: string, { rows, ticks = false }: BesideLive = {}): Backbone {
  return sideView(backbone, {
    prefix,
    read: {
      ...Object.fromEntries(sources.map(({ name }) => [name, name])),
      [liveDecisions.name]: decisions.name,
      [ticks ? clock.name : `live-${clock.name}`]: clock.name,
    },
    ...(rows === undefined ? {} : { write: { [rowsTopicName(rows.useCase)]: rows.topic } }),
  });
}
