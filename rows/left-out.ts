import { canTrainOn, type Blueprint } from "../blueprints/index.ts";
import type { LeftOutKind } from "../schemas/index.ts";
import type { KnownVersions } from "./known-versions.ts";

/** Rows of one version that a reading left out. */
export interface LeftOut {
  /** The version that made the decisions. */
  readonly version: string;
  /** Number of records: a corrected row counts each time it was written. */
  readonly rows: number;
  /**
   * `otherVersion`: it has other features or another label, which is normal. `unreadable`: the content can't be told.
   */
  readonly kind: LeftOutKind;
  /** In words, without a full stop. */
  readonly reason: string;
}

/** Counts the rows that a reading leaves out, by version. */
export class LeftOutRows {
  readonly #blueprint: Blueprint;
  readonly #known: KnownVersions;
  readonly #counts = new Map<string, LeftOut>();

  constructor(blueprint: Blueprint, known: KnownVersions) {
    this.#blueprint = blueprint;
    this.#known = known;
  }

  /** A row of a version that may not be trained on. */
  other(version: string): void {
    this.#count(version, "otherVersion", () => this.#reasonOf(version) ?? "its rows may not be used");
  }

  /** A row whose schema can't be read as this version's. */
  unreadable(version: string, error: unknown): void {
    this.#count(version, "unreadable", () => {
      const words = this.#reasonOf(version) ?? (error instanceof Error ? error.message : String(error));
      return `their schema can't be read as that of ${this.#blueprint.version}: ${words}`;
    });
  }

  #reasonOf(version: string): string | undefined {
    const { useCase } = this.#blueprint;
    const other = this.#known.version(useCase, version);
    if (other === undefined) {
      return this.#known.problem(useCase, version) ?? "the version is not on the blueprints topic";
    }
    const { ok, reason } = canTrainOn(this.#blueprint, other.blueprint);
    return ok ? undefined : reason;
  }

  #count(version: string, kind: LeftOut["kind"], reason: () => string): void {
    const key = `${kind}/${version}`;
    const counted = this.#counts.get(key);
    this.#counts.set(
      key,
      counted === undefined ? { version, rows: 1, kind, reason: reason() } : { ...counted, rows: counted.rows + 1 },
    );
  }

  /** Sorted by version. */
  all(): readonly LeftOut[] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, counted]) => counted);
  }
}

/** A line for people and logs. */
export function leftOutText({ version, rows, reason }: LeftOut): string {
  return `left out ${rows} ${rows === 1 ? "row" : "rows"} of version ${version}: ${reason}`;
}
