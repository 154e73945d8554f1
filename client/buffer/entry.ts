import type { PartitionOffsets } from "../../streams/client/index.ts";
import type { KeptRecord } from "./kept-record.ts";

/** The place of a record when its call is answered. */
export type Kept = "stored" | "memory" | "disk";

/** A record on its way, from its call until it is stored or refused. */
export interface Entry {
  readonly record: KeptRecord;
  /** In the order of the calls. */
  readonly number: number;
  readonly bytes: number;
  /** The moment of the call, ms. */
  readonly since: number;
  /** Ends of the events' topic before this event was first sent: it can't lie before them. */
  from: readonly PartitionOffsets[] | undefined;
  /** An event whose sending failed: it may be stored all the same. */
  doubtful: boolean;
  /** Its number in the spool; `undefined`: it is not on its way there. */
  spooled: number | undefined;
  /** It is on the disk. */
  onDisk: boolean;
  /** The call; `undefined` once it is answered. */
  call: Call | undefined;
}

export interface Call {
  readonly resolve: (kept: Kept) => void;
  readonly reject: (error: unknown) => void;
  timer: NodeJS.Timeout | undefined;
  /** It has waited as long as it may. */
  late: boolean;
}

/** Answers the call. @returns false: it was answered before. */
export function answer(entry: Entry, settle: (call: Call) => void): boolean {
  const { call } = entry;
  if (call === undefined) return false;
  clearTimeout(call.timer);
  entry.call = undefined;
  settle(call);
  return true;
}
