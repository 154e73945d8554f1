import type { BlueprintPublished, ModelRecorded } from "../schemas/index.ts";
import type { KeptPlace } from "../rows/index.ts";
import type { ScorerCache } from "../serving/index.ts";
import type { GlobalView, TopicTools } from "../streams/index.ts";
import type { Fit } from "./fit/fit.ts";

/** The blueprints and models topics as they are now. */
export interface TrainingTables {
  readonly blueprints: GlobalView<BlueprintPublished>;
  readonly models: GlobalView<ModelRecorded>;
}

/** A training that found too few rows. */
export interface Lacking {
  readonly version: string;
  /** The ends of the rows' partitions, added up, from which on there can be enough of them. */
  readonly end: number;
}

/** All that a training works with. */
export interface TrainingTools extends TopicTools {
  readonly scorers: ScorerCache;
  readonly fit: Fit;
  /** Asked once a call: the running application's own tables, or the topics read anew. */
  readonly tables: () => Promise<TrainingTables>;
  /** A folder for searches among learners, which go on from there when they were cut off; absent: they begin anew. */
  readonly searches?: string | undefined;
  /** Where the rows of a training are kept for the next one; absent: each reads all of them from the topic. Models are the same either way. */
  readonly keptRows?: KeptPlace | undefined;
  /** Of loopstream, for the provenance. */
  readonly codeVersion: string;
  /** By use case; written by trainings, so that nothing is read again before there can be enough rows. */
  readonly lacking: Map<string, Lacking>;
}
