import { ClassicLevel } from "classic-level";
import type { LogDatabase } from "../../../../streams/backbones/embedded/index.ts";

/** What becomes of a write: nothing of it is stored, or all of it although it is reported as failed. */
export type Failure = "before" | "after";

/** LevelDB whose writes and openings fail when told to. */
export class Failing {
  /** Of writes to come: how each fails; `undefined`: it doesn't. */
  readonly writes: (Failure | undefined)[] = [];
  /** So many openings to come fail. */
  openings = 0;
  /** Called while the database is closed, before it is opened again. */
  onOpening: () => void = () => undefined;
  /** Called with each write that is about to fail. */
  onFailing: () => void = () => undefined;

  /** For the backbone's option `database`. */
  readonly open = (path: string): LogDatabase => {
    const level = new ClassicLevel<Buffer, Buffer>(path, { keyEncoding: "buffer", valueEncoding: "buffer" });
    const begin = (): ReturnType<LogDatabase["batch"]> => ClassicLevel.prototype.batch.call(level) as never;
    const open = level.open.bind(level);
    const batch = (): ReturnType<LogDatabase["batch"]> => {
      const chained = begin();
      const write = chained.write.bind(chained);
      return Object.assign(chained, {
        write: async (options: object): Promise<void> => {
          const failure = this.writes.shift();
          if (failure !== undefined) this.onFailing();
          await (failure === "before" ? chained.close() : write(options));
          if (failure !== undefined) throw new Error("IO error: No space left on device");
        },
      });
    };
    const reopen = async (): Promise<void> => {
      this.onOpening();
      if (this.openings > 0) {
        this.openings--;
        throw new Error("IO error: No space left on device");
      }
      await open();
    };
    return Object.assign(level, { batch, open: reopen }) as LogDatabase;
  };
}
