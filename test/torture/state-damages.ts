import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { cutBack, writtenTo } from "../streams/backbones/embedded/power.ts";
import type { Damage } from "./place.ts";

/** What befalls the state in the folder of a loop. */
export function stateDamages(dir: string): readonly Damage[] {
  const state = join(dir, "state");
  return [
    { name: "state lost", befall: () => rmSync(state, { recursive: true, force: true }) },
    { name: "state/globals corrupt", befall: (random) => corrupt(join(state, "globals"), random) },
  ];
}

/** The newest of the log is lost, and nothing of the state. */
export function logCut(dir: string, mostBytes: number): Damage {
  const log = join(dir, "log");
  return {
    name: "log cut",
    befall(random) {
      const written = writtenTo(log);
      cutBack(log, written - Math.floor(random() * Math.min(written, mostBytes)));
    },
  };
}

/** Bytes in the middle of each file are others. */
function corrupt(folder: string, random: () => number): void {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const { size } = statSync(file);
    if (size === 0 || name === "LOCK") continue;
    const handle = openSync(file, "r+");
    const bytes = Uint8Array.from({ length: Math.min(64, size) }, () => Math.floor(random() * 256));
    writeSync(handle, bytes, 0, bytes.length, Math.floor((size - bytes.length) / 2));
    closeSync(handle);
  }
}
