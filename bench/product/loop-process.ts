import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "../../test/servers/ports.ts";
import { cpuSeconds } from "../decisions/measure.ts";
import { startPeer, type PeerProcess } from "../decisions/peer-process.ts";
import { nodeFlags } from "../node-flags.ts";
import type { Place } from "./place.ts";

const main = join(import.meta.dirname, "../../cli/main.ts");
const PATIENCE_MS = 300_000;
const POLL_MS = 250;

/** `loopstream start` in a process of its own, asked by its metrics how far it is. */
export interface LoopProcess {
  readonly process: PeerProcess;
  /** The sum of a counter over its labels, of those with these words in them. */
  count(metric: string, label?: string): Promise<number>;
  /** Waits until it is so many at least. Rejects when the loop ends, or nothing moves for minutes. */
  until(wanted: number, metric: string, label?: string): Promise<Mark>;
}

/** The amount of work done, and its cost. */
export interface Mark {
  /** Milliseconds. */
  readonly at: number;
  readonly count: number;
  /** Seconds, user and system. */
  readonly cpu: number;
  /** To disks, so far. */
  readonly writtenBytes: number;
}

export async function startLoopProcess(place: Place, log: string, flags: readonly string[] = []): Promise<LoopProcess> {
  const [port] = (await freePorts(1)) as [number];
  const args = [...nodeFlags, ...flags, main, "start", ...place.startArgs, "--metrics", String(port)];
  const peer = startPeer(process.execPath, args, log);
  const count = async (metric: string, label = ""): Promise<number> => {
    const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
      (response) => response.text(),
      () => "",
    );
    return text
      .split("\n")
      .filter((line) => line.startsWith(metric) && line.includes(label))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  };
  return {
    process: peer,
    count,
    async until(wanted, metric, label) {
      for (let [last, moved] = [-1, performance.now()]; ; await sleep(POLL_MS)) {
        const now = await count(metric, label);
        const failure = peer.failure();
        if (failure !== undefined) throw new Error(failure);
        if (now !== last) [last, moved] = [now, performance.now()];
        if (now >= wanted) return markOf(peer.pid, now);
        if (performance.now() - moved > PATIENCE_MS)
          throw new Error(`${metric} ${label} stands at ${now} of ${wanted}`);
      }
    },
  };
}

export const markOf = (pid: number, count: number): Mark => ({
  at: performance.now(),
  count,
  cpu: cpuSeconds(pid),
  writtenBytes: Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "latin1"))?.[1] ?? Number.NaN),
});
