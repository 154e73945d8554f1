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
  rowsTopicName,
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

/** What a replay has settled at its start, and how far it is. One record, written after every step. */
export interface ReplayProgress {
  readonly useCase: string;
  /** Decision times `[from, to)`, ms. */
  readonly from: number;
  readonly to: number;
  readonly blueprintVersion: string | null;
  readonly rowsTopic: string;
  /** Requests of any use case in that time. */
  readonly requests: number;
  /** Event time at which it ends, ms: what a decision waits for is over, or the live clock stands there. */
  readonly horizon: number;
  readonly latenessMs: number;
  readonly stepMs: number;
  /** Event time up to which it has come, ms. */
  readonly until: number;
  /** How far back before a decision is looked, ms. */
  readonly lookBackMs: number;
  readonly finished: boolean;
  /** Requests shown. */
  readonly shown: number;
  readonly late: number;
  readonly marks: readonly LaneMark[];
  /** From where the events that windows look back on are read again. */
  readonly eventMarks: readonly LaneMark[];
  /** Ids of the live topics that the marks are of, where the brokers give topics ids; by name. */
  readonly topicIds: Readonly<Record<string, string>>;
  /** Features that can't be computed from what is there, with the reason. */
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

/** What the live group writes and work beside it only reads. */
const sources = [decisionRequests, observations, events, blueprints, models, modelArtifacts];

/**
 * The live topics as work beside the live group sees them: requests, observations, events, blueprints and models are the live ones and never written;
 * the live decisions are called `live-decisions`; everything else, the decisions made again too, begins with the prefix.
 * @param rowsTopic of a use case: where its rows go instead.
 */
export function besideLive(
  backbone: Backbone,
  prefix: string,
  rows?: { readonly useCase: string; readonly topic: string },
): Backbone {
  return sideView(backbone, {
    prefix,
    read: {
      ...Object.fromEntries(sources.map(({ name }) => [name, name])),
      [liveDecisions.name]: decisions.name,
      [`live-${clock.name}`]: clock.name,
    },
    ...(rows === undefined ? {} : { write: { [rowsTopicName(rows.useCase)]: rows.topic } }),
  });
}
