import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OutgoingRecord } from "../../streams/index.ts";
import type { OpenPlace } from "../chaos/product.ts";
import { CONTROL, TORTURED } from "./control.ts";
import type { LoopProcess } from "./loop-process.ts";

/** Something that is taken away for a while. */
export interface Fault {
  readonly name: string;
  readonly forMs: number;
  /** The loop may end by itself, with a word, while it lasts. */
  readonly mayEnd: boolean;
  begin(): Promise<void>;
  end(): Promise<void>;
}

/** Something that befalls the disk while no process runs. */
export interface Damage {
  readonly name: string;
  befall(random: () => number): void;
}

/** Something that is done to a loop that works, before it is started again. */
export interface Trial {
  readonly name: string;
  /** Leaves a loop that runs or is dead; whatever was taken away is there again. */
  befall(): Promise<void>;
}

/** Where the loop is tortured: a backbone of its own and what can be done to it. */
export interface TorturePlace {
  readonly name: string;
  readonly loop: LoopProcess;
  readonly faults: readonly Fault[];
  /** Absent where there are none. */
  readonly damages?: readonly Damage[];
  /** Ids of schemas in the registry that are no Avro records of ours. */
  readonly foreignIds: readonly number[];
  /** Deletes a topic and makes it again, with so many partitions; absent where the log has no such thing. */
  readonly makeAnew?: (topic: string, partitions: number) => Promise<void>;
  /** For the products; waits for whoever serves it. */
  readonly open: OpenPlace;
  /** Writes as other clients do, in batches compressed in one of the ways there are; absent where there are none. */
  readonly sendCompressed?: (records: readonly OutgoingRecord[], random: () => number) => Promise<void>;
  close(): Promise<void>;
}

export const PARTITIONS = 2;

/** What `start` is told on every backbone: its folder, partitions and both use cases, whose files are written into `folder`. */
export function startArgs(folder: string): readonly string[] {
  const files = [CONTROL, TORTURED].map((text, index) => {
    const file = join(folder, `blueprint-${index}.yaml`);
    writeFileSync(file, text);
    return file;
  });
  return ["--dir", join(folder, "data"), "--partitions", String(PARTITIONS), "--blueprint", ...files];
}

/** The process is killed with -9, and started again. */
export function killed(loop: LoopProcess): Fault {
  return { name: "kill -9", forMs: 0, mayEnd: false, begin: () => loop.kill(), end: () => loop.start() };
}
