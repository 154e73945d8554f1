import { join } from "node:path";
import type { Pacing, StateEngine, UnreadableRecord } from "../../streams/index.ts";
import type { Connection } from "../connect.ts";
import { stateMemoryOf } from "../loop-options.ts";
import type { LoopOptions } from "../loop.ts";
import type { Settings } from "../settings/settings.ts";
import type { ReplayRequest } from "./plan.ts";

export interface ReplayOptions extends Pick<
  LoopOptions,
  | "backbone"
  | "registry"
  | "subjectPrefix"
  | "stateEngine"
  | "stateMemoryBytes"
  | "partitions"
  | "commitIntervalMs"
  | "salt"
  | "outages"
> {
  readonly request: ReplayRequest;
  /** A folder for the state of this and other replays. */
  readonly dir: string;
  /** Event time that is shown at once, ms. It changes how much is held in memory, and no row. */
  readonly stepMs: number;
  /** How far, in ms of event time, a record may come behind a newer one of its partition and still be taken in its order. */
  readonly latenessMs: number;
  /** Start over, in topics of a new name, whether or not a former run was finished. */
  readonly fresh?: boolean;
  /** Go on where features can't be computed from what is on the topics, and say which. Default: reject, and say which. */
  readonly incomplete?: boolean;
  /** Also make the hourly statistics. */
  readonly statistics?: boolean;
  /** Holds the state instead of a folder of the replay's own in `dir`. */
  readonly engine?: StateEngine;
  /** Given each record that it had to leave out because it can't be read. */
  readonly onUnreadable?: (record: UnreadableRecord) => void;
  readonly onStep?: (step: ReplayStep) => void;
  /** Makes room for others; absent: works without a rest. */
  readonly pacing?: Pacing;
  readonly signal?: AbortSignal;
}

export interface ReplayStep {
  /** Event time it has come to, ms. */
  readonly until: number;
  /** Requests handled in all, of `total`. */
  readonly requests: number;
  readonly total: number;
}

/** Nobody waits for a replay's answers, and each commit is work for the brokers. */
const COMMIT_INTERVAL_MS = 5_000;

/** Where a replay works, as the settings say. */
export const replayPlace = (
  settings: Settings,
  { backbone, registry, subjectPrefix }: Connection,
): Omit<ReplayOptions, "request" | "stepMs" | "latenessMs"> => ({
  ...{ backbone, registry, subjectPrefix, commitIntervalMs: COMMIT_INTERVAL_MS },
  ...{ stateEngine: settings.stateEngine, partitions: settings.partitions, salt: settings.salt },
  ...stateMemoryOf(settings),
  dir: join(settings.dir, "replays"),
});
