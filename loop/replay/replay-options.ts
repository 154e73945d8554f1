import { join } from "node:path";
import type { Pacing, StateEngine, UnreadableRecord } from "../../streams/index.ts";
import type { Connection } from "../connect.ts";
import { stateMemoryOf } from "../loop-options.ts";
import type { BesideOptions, LoopOptions } from "../loop-options.ts";
import type { Settings } from "../settings/settings.ts";
import type { ReplayRequest } from "./plan.ts";

export interface ReplayOptions extends BesideOptions, Pick<LoopOptions, "commitIntervalMs"> {
  readonly request: ReplayRequest;
  /** A folder for the state of this replay and of others. */
  readonly dir: string;
  /** Event time per step, ms. It changes the use of memory, and no row. */
  readonly stepMs: number;
  /** A record may lie this far in event time behind a newer one of its partition and still be taken in order; ms. */
  readonly latenessMs: number;
  /** Start over, in topics of a new name, even if a former run was not finished. */
  readonly fresh?: boolean;
  /** Go on although some features can't be computed, and list them. Default: reject with the list. */
  readonly incomplete?: boolean;
  /** Also make the hourly statistics. */
  readonly statistics?: boolean;
  /** Holds the state, instead of a folder of the replay's own in `dir`. */
  readonly engine?: StateEngine;
  /** Called with each record that was left out because it can't be read. */
  readonly onUnreadable?: (record: UnreadableRecord) => void;
  readonly onStep?: (step: ReplayStep) => void;
  /** Makes room for others. Absent: works without a rest. */
  readonly pacing?: Pacing;
  readonly signal?: AbortSignal;
}

export interface ReplayStep {
  /** Event time that was reached, ms. */
  readonly until: number;
  /** Requests handled in all, of `total`. */
  readonly requests: number;
  readonly total: number;
}

/** No product waits for a replay's answers, and each commit is work for the brokers. */
const COMMIT_INTERVAL_MS = 5_000;

/** The place of a replay's work, by the settings. */
export const replayPlace = (
  settings: Settings,
  { backbone, registry, subjectPrefix }: Connection,
): Omit<ReplayOptions, "request" | "stepMs" | "latenessMs"> => ({
  ...{ backbone, registry, subjectPrefix, commitIntervalMs: COMMIT_INTERVAL_MS },
  ...{ stateEngine: settings.stateEngine, partitions: settings.partitions, salt: settings.salt },
  ...stateMemoryOf(settings),
  dir: join(settings.dir, "replays"),
});
