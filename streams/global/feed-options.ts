import type { Backbone, Fetch } from "../backbone/backbone.ts";
import type { Move } from "../backbone/topic-view.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Outages } from "../outage.ts";
import type { Refused } from "../refused.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { StateEngine } from "../state/engine.ts";
import type { Arrival } from "../task/arrival.ts";
import type { GlobalSource } from "../global-source.ts";
import type { TableContent } from "./table-content.ts";

/** A feed that was closed, as the next one asks it. */
export interface FormerFeed {
  /** What a table held, where its topic has another id by now; `undefined` where all of it is read again. */
  kept(table: string, topic: string, topicId: string | undefined): TableContent | undefined;
}

export interface GlobalFeedOptions {
  readonly backbone: Pick<Backbone, "offsets" | "reader" | "describe" | "ranges" | "history">;
  readonly serdes: Serdes;
  readonly engine: StateEngine;
  readonly sources: readonly GlobalSource[];
  /** Called with what can't be read; the feed goes on. */
  readonly onUndecodable: (fetch: Fetch, index: number, error: unknown) => void;
  /** Called when records have been read, before their positions are remembered; tried again while it rejects with an outage. */
  readonly onRead?: () => Promise<void>;
  /** Called once, with what ended the feed: the globals stand still from then on. Outages do not end it. */
  readonly onFailure?: (error: unknown) => void;
  /** The feed of this process before, which is closed: tables whose topics were made anew since go on with what it had read. */
  readonly former?: FormerFeed | undefined;
  /** A fold is read from another position than the one it had come to. */
  readonly onMove?: (move: Move) => void;
  /** A table's topic is not the one that was read before; `kept`: what it held is still known here. */
  readonly onTableLost?: (topic: string, kept: boolean) => void;
  /** Default: nothing is said of state that is made again. */
  readonly log?: Log | undefined;
  /** Default: nothing is said of outages. */
  readonly outages?: Outages;
  readonly metrics?: Pick<
    Metrics,
    "globalsOffset" | "warmingParts" | "warmingRecords" | "warmedRecords" | "recalledParts"
  >;
  /** The time at which what is read now arrives. Default: no record lies ahead. */
  readonly arrival?: () => Arrival;
  /** Asked where a fold, or a part of one, is made from the start of its topic: what was refused when it came is left out. */
  readonly refused?: (topics: readonly string[]) => Promise<Refused>;
}
