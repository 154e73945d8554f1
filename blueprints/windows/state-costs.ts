import { recordLimits } from "../../schemas/index.ts";
import type { BlueprintContent, WindowPlace } from "../blueprint.ts";
import type { WindowGroup } from "./window-groups.ts";

/** What the windows of a group ask of every process of the loop. */
export interface GroupCosts {
  readonly event: string;
  readonly by: readonly string[];
  /** Windows that share the state. */
  readonly windows: number;
  readonly place: WindowPlace;
  /** Stretches of time that a decision reads, at most. */
  readonly tilesRead: number;
  /** The length of such a stretch, ms. */
  readonly tileMs: number;
  /** Of each event that is kept. */
  readonly eventBytes: number;
  /** Of each key in each stretch in which it has events, beside them, approximately. */
  readonly tileBytes: number;
}

/** What a reference table may take in the memory of every process of the loop. */
export interface TableCosts {
  readonly table: string;
  /** Versions of rows. */
  readonly rows: number;
  readonly bytes: number;
}

export interface StateCosts {
  readonly windows: readonly GroupCosts[];
  readonly tables: readonly TableCosts[];
}

/** 1,000,000 tiles of an event took 741 bytes each in memory (docs/decisions/052). */
const MEMORY_TILE_BYTES = 700;
/** A key with its group and its start, before compression. */
const DISK_TILE_BYTES = 80;
const NUMBER_BYTES = 8;

/** What a blueprint's state costs, by itself: versions and use cases with the same groups or tables share it. */
export function stateCosts(groups: readonly WindowGroup[], tables: BlueprintContent["tables"]): StateCosts {
  return {
    windows: groups.map(({ event, by, windows, place, tileMs, retentionMs, fields }) => ({
      ...{ event, by, windows: windows.length, place, tileMs },
      tilesRead: Math.ceil(retentionMs / tileMs) + 1,
      eventBytes: NUMBER_BYTES * (1 + fields.length),
      tileBytes: place === "memory" ? MEMORY_TILE_BYTES : DISK_TILE_BYTES,
    })),
    tables: Object.entries(tables).map(([table, { maxRows }]) => ({
      ...{ table, rows: maxRows, bytes: maxRows * recordLimits.tableBytesPerRow },
    })),
  };
}
