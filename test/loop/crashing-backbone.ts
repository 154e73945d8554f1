import { StreamsError, type OutgoingRecord, type Position } from "../../streams/index.ts";
import { MemoryBackbone } from "./memory-backbone.ts";

/** Stops taking anything at the n-th write from now, as if the process had been killed before it. */
export class CrashingBackbone extends MemoryBackbone {
  crashIn = Number.POSITIVE_INFINITY;
  #crashed = false;

  get crashed(): boolean {
    return this.#crashed;
  }

  restart(): void {
    this.#crashed = false;
    this.crashIn = Number.POSITIVE_INFINITY;
  }

  #check(): void {
    if (--this.crashIn <= 0) this.#crashed = true;
    if (this.#crashed) throw new StreamsError("CLOSED", "killed");
  }

  override append(records: readonly OutgoingRecord[]): void {
    this.#check();
    super.append(records);
  }

  override async commit(group: string, positions: readonly Position[]): Promise<void> {
    if (this.#crashed) throw new StreamsError("CLOSED", "killed");
    await super.commit(group, positions);
  }
}
