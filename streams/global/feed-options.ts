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

/** A closed feed, as the next feed uses it. */
export interface FormerFeed {
  /** The content of a table whose topic has another id now; `undefined` if all of it is read again. */
  kept(table: string, topic: string, topicId: string | undefined): TableContent | undefined;
}

export interface GlobalFeedOptions {
  readonly backbone: Pick<Backbone, "offsets" | "reader" | "describe" | "ranges" | "history">;
  readonly serdes: Serdes;
  readonly engine: StateEngine;
  readonly sources: readonly GlobalSource[];
  /** Called with a record that can't be read; the feed goes on. */
  readonly onUndecodable: (fetch: Fetch, index: number, error: unknown) => void;
  /** Called when records have been read, before their positions are remembered; tried again while it rejects with an outage. */
  readonly onRead?: () => Promise<void>;
  /** Called once, with the error that ended the feed: the globals stand still from then on. Outages do not end it. */
  readonly onFailure?: (error: unknown) => void;
  /** The closed feed of this process before: tables whose topics were made anew since keep its content. */
  readonly former?: FormerFeed | undefined;
  /** Called when a fold is read from another position than its last one. */
  readonly onMove?: (move: Move) => void;
  /** Called when a table's topic is another one than before; `kept`: its former content is still known here. */
  readonly onTableLost?: (topic: string, kept: boolean) => void;
  /** Default: silence about state that is made again. */
  readonly log?: Log | undefined;
  /** Default: silence about outages. */
  readonly outages?: Outages;
  readonly metrics?: Pick<
    Metrics,
    "globalsOffset" | "warmingParts" | "warmingRecords" | "warmedRecords" | "recalledParts" | "movedParts" | "partBytes"
  >;
  /** What the parts of a fold may take in memory, approximately; bytes. The largest ones move to the disk. Default: no bound. */
  readonly foldBytes?: number | undefined;
  /** The time of arrival of records that are read now. Default: no record lies ahead. */
  readonly arrival?: () => Arrival;
  /**
   * Called when a fold, or a part of one, is made from the start of its topic: records that were refused on arrival are
   * left out.
   */
  readonly refused?: (topics: readonly string[]) => Promise<Refused>;
}
