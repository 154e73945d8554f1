import { sampleSalt, unitPlace, type CompiledBlueprint } from "../blueprints/index.ts";
import type { TrainingRow } from "../schemas/index.ts";
import type { RawRecord, Serdes } from "../streams/index.ts";
import { recordKinds } from "./kept/chunk.ts";
import type { KeptPiece, KeptRows } from "./kept/kept-rows.ts";
import type { KnownVersions } from "./known-versions.ts";
import { LeftOutRows } from "./left-out.ts";
import { ownLabel, type OwnLabel } from "./own-label.ts";
import { cellOf } from "./packed/column.ts";
import type { PackedRows } from "./packed/packed-rows.ts";

/** What a reading goes by. */
export interface Taking {
  readonly serdes: Serdes;
  readonly compiled: CompiledBlueprint;
  readonly blueprints: KnownVersions;
  /** Event time, ms: rows complete after it are left out. */
  readonly until: number;
  /** Decision time, ms: only later decisions count. */
  readonly since: number;
  /** The share of the decisions that is in the sample; 1 or more: all are. */
  readonly share: number;
  /** Whether a version's rows may be trained on. */
  readonly usable: (version: string) => boolean;
  readonly add: (row: TrainingRow) => void;
  /** Hears of every record too. Absent: nothing is kept. */
  readonly kept: KeptRows | undefined;
}

/** The rows of a reading, one record after the other, and counts of those that it leaves out. */
export class TakenRows {
  readonly #taking: Taking;
  readonly #own: OwnLabel;
  readonly #salt: string;
  readonly versions = new Set<string>();
  readonly leftOut: LeftOutRows;
  /** Records that were not complete by then. */
  later = 0;
  sampledOut = 0;

  constructor(taking: Taking) {
    const { serdes, compiled, blueprints } = taking;
    this.#taking = taking;
    this.#own = ownLabel(serdes, compiled, blueprints);
    this.#salt = sampleSalt(compiled.blueprint.useCase);
    this.leftOut = new LeftOutRows(compiled.blueprint, blueprints);
  }

  /** @param read the record's row by the schema of the version that reads */
  take(record: RawRecord, read: TrainingRow): void {
    const { since, usable, add, kept } = this.#taking;
    if ((read["decisionTime"] as number) <= since) return;
    const version = read["blueprintVersion"] as string;
    const rowTime = read["rowTime"] as number;
    let row: TrainingRow | undefined;
    if (kept !== undefined) {
      if (usable(version)) row = this.#own(read, record.value!);
      const kind = !usable(version) ? "other" : row === undefined ? "unlabelled" : "row";
      kept.add(record, { kind: recordKinds[kind], version, rowTime, row: row ?? read });
    }
    if (!this.#counts(version, rowTime, usable(version), () => read["decisionId"] as string)) return;
    row ??= this.#own(read, record.value!);
    if (row !== undefined) add(row);
  }

  /** A row that can't be read by the schema of the version that reads. */
  takeUnreadable(record: RawRecord, version: string, rowTime: number, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#taking.kept?.add(record, { kind: recordKinds.unreadable, version, rowTime, reason });
    if (rowTime <= this.#taking.until) this.leftOut.unreadable(version, reason);
  }

  /** The same of records that were kept. */
  takeKept({ chunk, from }: KeptPiece, store: PackedRows): void {
    const { offsets, rowTimes, kinds, versions, versionOf, reasons, reasonOf, columns } = chunk;
    const ids = columns.find(({ name }) => name === "decisionId");
    const picked = new Uint32Array(offsets.length);
    let count = 0;
    for (const [at, kind] of kinds.entries()) {
      if (offsets[at]! < from) continue;
      const { version } = versions[versionOf[at]!]!;
      const rowTime = rowTimes[at]!;
      if (kind === recordKinds.unreadable) {
        if (rowTime <= this.#taking.until) this.leftOut.unreadable(version, reasons[reasonOf[at]!]);
        continue;
      }
      const isUsable = kind !== recordKinds.other;
      if (!this.#counts(version, rowTime, isUsable, () => cellOf(ids!, at) as string)) continue;
      if (kind === recordKinds.row) picked[count++] = at;
    }
    store.addColumns(columns, picked.subarray(0, count));
  }

  #counts(version: string, rowTime: number, isUsable: boolean, decisionId: () => string): boolean {
    const { until, share } = this.#taking;
    if (rowTime > until) {
      this.later++;
      return false;
    }
    if (!isUsable) {
      this.leftOut.other(version);
      return false;
    }
    if (share < 1 && unitPlace(this.#salt, decisionId()) >= share) {
      this.sampledOut++;
      return false;
    }
    this.versions.add(version);
    return true;
  }
}
