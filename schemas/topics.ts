import {
  defineTopic,
  streamsLimits,
  type AnyTopic,
  type AvroSchema,
  type ReplyRule,
  type Topic,
} from "../streams/client/index.ts";
import type { EpisodeStep } from "./episode-step.ts";
import { recordLimits } from "./limits.ts";
import { eventProblem, observationProblem, requestProblem, tableRowProblem } from "./record-checks.ts";
import * as types from "./types/index.ts";
import { windowAnswers, windowLookups } from "./window-topics.ts";

/**
 * Requests. The decision id in the value is the key, whatever key a record has: one id is decided in one task, whatever
 * its unit (docs/decisions/019, docs/decisions/042).
 */
export const decisionRequests: Topic<types.DecisionRequested> = defineTopic({
  name: "decision-requests",
  schema: types.decisionRequestedSchema,
  check: requestProblem,
  keyOf: ({ decisionId }) => decisionId,
  useCaseOf: ({ useCase }) => useCase,
});
/**
 * Replies. A client reads one partition and picks its own by correlation id. Timestamps are those of arrival: replies
 * are kept an hour from then.
 */
export const decisionReplies: Topic<types.DecisionReplied> = defineTopic({
  name: "decision-replies",
  schema: types.decisionRepliedSchema,
  retentionMs: recordLimits.repliesKeptMs,
  timestamps: "arrival",
});
/** A record made from a request in bounds stays in bounds for the next task, however far apart their clocks are; ms. */
const MADE_HERE_MS = 2 * streamsLimits.maxFutureMs;

/** Decisions, keyed by decision id like observations. */
export const decisions: Topic<types.DecisionRecorded> = defineTopic({
  name: "decisions",
  schema: types.decisionRecordedSchema,
  measured: true,
  maxFutureMs: MADE_HERE_MS,
  useCaseOf: ({ useCase }) => useCase,
});
/** The live decisions, for work that makes decisions again. */
export const liveDecisions: Topic<types.DecisionRecorded> = defineTopic({
  name: "live-decisions",
  schema: types.decisionRecordedSchema,
  useCaseOf: ({ useCase }) => useCase,
});
/** Decisions made again by another version, with the live action. */
export const restatedDecisions: Topic<types.DecisionRecorded> = defineTopic({
  name: "restated-decisions",
  schema: types.decisionRecordedSchema,
  useCaseOf: ({ useCase }) => useCase,
});
/** Observations. The decision id in the value is the key, whatever key a record has. */
export const observations: Topic<types.ObservationRecorded> = defineTopic({
  name: "observations",
  schema: types.observationRecordedSchema,
  check: observationProblem,
  keyOf: ({ decisionId }) => decisionId,
  useCaseOf: ({ useCase }) => useCase,
});
/** Events, read as a whole by every instance. */
export const events: Topic<types.EventRecorded> = defineTopic({
  name: "events",
  schema: types.eventRecordedSchema,
  check: eventProblem,
});
/**
 * Versions of the rows of reference tables, read as a whole by every instance. The key names the version, not only the row
 * (docs/decisions/050). One partition gives all instances the same order, so that all of them refuse the same rows.
 */
export const tableRows: Topic<types.TableRow> = defineTopic({
  name: "table-rows",
  schema: types.tableRowSchema,
  cleanup: "compact",
  partitions: 1,
  timestamps: "arrival",
  check: tableRowProblem,
});
/** Blueprint versions, keyed by useCase/version: a global table. */
export const blueprints: Topic<types.BlueprintPublished> = defineTopic({
  name: "blueprints",
  schema: types.blueprintPublishedSchema,
  cleanup: "compact",
  partitions: 1,
});
/** Models with their states, keyed by useCase/modelId: a global table. */
export const models: Topic<types.ModelRecorded> = defineTopic({
  name: "models",
  schema: types.modelRecordedSchema,
  cleanup: "compact",
  partitions: 1,
});
/** ONNX files in pieces, keyed by sha256/chunk. */
export const modelArtifacts: Topic<types.ModelArtifact> = defineTopic({
  name: "model-artifacts",
  schema: types.modelArtifactSchema,
  cleanup: "compact",
  partitions: 1,
});
/**
 * What is learnt row by row, keyed by useCase/posterior/option/updates: a global. All states stay, so that a decision of any
 * time is made again by the one that it was made by; an option has some hundreds of them, however many rows it has.
 */
export const posteriors: Topic<types.PosteriorPublished> = defineTopic({
  name: "posteriors",
  schema: types.posteriorPublishedSchema,
  cleanup: "compact",
  partitions: 1,
  maxFutureMs: MADE_HERE_MS,
});
export const hourlyStats: Topic<types.HourlyStats> = defineTopic({
  name: "hourly-stats",
  schema: types.hourlyStatsSchema,
});
export const alerts: Topic<types.Alert> = defineTopic({ name: "alerts", schema: types.alertSchema, partitions: 1 });
export const deadLetters: Topic<types.DeadLetter> = defineTopic({
  name: "dead-letters",
  schema: types.deadLetterSchema,
});
/**
 * Event time of the producers; only the newest record counts. Timestamps are those of arrival, and bound the content: a
 * producer with a wrong clock moves no event time past the log's.
 */
export const clock: Topic<types.Clock> = defineTopic({
  name: "clock",
  schema: types.clockSchema,
  cleanup: "compact",
  partitions: 1,
  timestamps: "arrival",
});

/**
 * Lines that imports have published, for later imports. The first import makes the topic. Its records are not read
 * together with the topics that they describe.
 */
export const imports: Topic<types.ImportedLines> = defineTopic({
  name: "imports",
  schema: types.importedLinesSchema,
  cleanup: "compact",
  partitions: 1,
});
/**
 * Reports of running instances. Timestamps are those of arrival: an instance that is silent for a while is not running.
 */
export const instances: Topic<types.InstanceReported> = defineTopic({
  name: "instances",
  schema: types.instanceReportedSchema,
  partitions: 1,
  retentionMs: recordLimits.reportsKeptMs,
  timestamps: "arrival",
});

/** Edges inside the decision path; each can be switched to a real topic. */
export const enriched: Topic<types.Enriched> = defineTopic({
  name: "enriched",
  schema: types.enrichedSchema,
  maxFutureMs: MADE_HERE_MS,
  useCaseOf: ({ request }) => request.useCase,
});
export const scored: Topic<types.Scored> = defineTopic({
  name: "scored",
  schema: types.scoredSchema,
  maxFutureMs: MADE_HERE_MS,
  useCaseOf: ({ enriched: { request } }) => request.useCase,
});
/** Entries of observations that count for nothing: an edge, keyed by decision id. */
export const observationMisfits: Topic<types.ObservationMisfits> = defineTopic({
  name: "observation-misfits",
  schema: types.observationMisfitsSchema,
  maxFutureMs: MADE_HERE_MS,
  useCaseOf: ({ useCase }) => useCase,
});
export const joined: Topic<types.Joined> = defineTopic({
  name: "joined",
  schema: types.joinedSchema,
  maxFutureMs: MADE_HERE_MS,
  useCaseOf: ({ decision }) => decision.useCase,
});

/** Every topic with a fixed name that an application has. */
export const topics: readonly AnyTopic[] = Object.freeze([
  decisionRequests,
  decisionReplies,
  decisions,
  observations,
  events,
  tableRows,
  blueprints,
  models,
  modelArtifacts,
  posteriors,
  hourlyStats,
  alerts,
  deadLetters,
  clock,
  instances,
]);

/** A training row: fixed columns and one for each feature, by the schema of its blueprint version. */
export type TrainingRow = Readonly<Record<string, string | number | boolean | null>>;

const ROWS = "training-rows.";

/**
 * The rows of a use case, keyed by decision id, with the blueprint version's schema. Each version reads the rows of all
 * versions before it.
 */
export function trainingRows(useCase: string, schema: AvroSchema): Topic<TrainingRow> {
  return defineTopic({ name: `${ROWS}${useCase}`, schema, compatibility: "BACKWARD_TRANSITIVE" });
}

/** Stands for the rows topics of all use cases in the declaration of an operator that writes rows. */
export const rowsFamily: Topic<TrainingRow> = defineTopic({
  name: "training-rows",
  schema: { type: "map", values: ["null", "boolean", "double", "string"] },
  family: true,
});

export const isRowsTopic = (name: string): boolean => name.startsWith(ROWS);
export const useCaseOfRows = (name: string): string => name.slice(ROWS.length);
export const rowsTopicName = (useCase: string): string => `${ROWS}${useCase}`;

/** Prefix of the topics on which the rows of a posterior are on their way to its options. */
const UPDATES = "posterior-updates.";

/** Keyed by option, so that the rows of one come one after the other. */
export const posteriorUpdates = (useCase: string, posterior: string): Topic<types.PosteriorUpdate> =>
  defineTopic({
    name: `${UPDATES}${useCase}.${posterior}`,
    schema: types.posteriorUpdateSchema,
    retentionMs: recordLimits.posteriorUpdatesKeptMs,
    maxFutureMs: MADE_HERE_MS,
  });

/** Prefix of the topics on which rows are on their way to their episodes. */
const EPISODE_ROWS = "episode-rows.";

/**
 * Keyed by what decisions follow each other by, so that those of one episode come one after the other. Timestamps are those of
 * arrival: partitions of rows are read at paces of their own, and history at none, so that by the times of rows an episode
 * would be forgotten before all of them are there (docs/decisions/089).
 */
export const episodeRows = (useCase: string, episodes: string): Topic<types.EpisodeRow> =>
  defineTopic({
    name: `${EPISODE_ROWS}${useCase}.${episodes}`,
    schema: types.episodeRowSchema,
    retentionMs: recordLimits.episodeRowsKeptMs,
    timestamps: "arrival",
    maxFutureMs: MADE_HERE_MS,
  });

const EPISODES = "episodes.";

/** The steps of a use case's episodes, keyed as `episodeRows`, with the schema of the blueprint's features. */
export const episodeSteps = (useCase: string, schema: AvroSchema): Topic<EpisodeStep> =>
  defineTopic({
    name: episodesTopicName(useCase),
    schema,
    compatibility: "BACKWARD_TRANSITIVE",
    maxFutureMs: MADE_HERE_MS,
  });
export const episodesTopicName = (useCase: string): string => `${EPISODES}${useCase}`;

/** Prefix of a replay's own topics. */
export const REPLAYS = "replay-";
/** Prefix of the topics of versions in shadow. */
export const SHADOWS = "shadow-";
const edges = [liveDecisions, restatedDecisions, enriched, scored, joined, observationMisfits];
const notForReplies = new Set([...topics, imports, ...edges, windowLookups, windowAnswers].map(({ name }) => name));

/** Topics that a product may name for its replies. An application may set another prefix. */
export const otherReplies: ReplyRule = Object.freeze({
  prefix: `${decisionReplies.name}-`,
  isTaken: (topic: string) =>
    notForReplies.has(topic) ||
    topic === rowsFamily.name ||
    isRowsTopic(topic) ||
    topic.startsWith(UPDATES) ||
    topic.startsWith(EPISODE_ROWS) ||
    topic.startsWith(EPISODES) ||
    topic.startsWith(REPLAYS) ||
    topic.startsWith(SHADOWS),
});
