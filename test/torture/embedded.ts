import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectLocally } from "../../streams/index.ts";
import { cutPower } from "../chaos/embedded.ts";
import { LoopProcess } from "./loop-process.ts";
import { logCut, stateDamages } from "./state-damages.ts";
import { killed, startArgs, type Fault, type TorturePlace } from "./place.ts";

const OPEN_MS = 60_000;
/** Of the log at most so much is lost; bytes. */
const MOST_CUT = 256 << 10;
const CHUNK = Buffer.alloc(1 << 16);

/** The loop on its embedded log, on a disk of its own where this user may mount one. */
export async function embeddedPlace(say: (line: string) => void): Promise<TorturePlace> {
  const outer = mkdtempSync(join(tmpdir(), "loopstream-torture-"));
  const mounted = mount(outer);
  if (!mounted) say("SKIPPED: no disk is filled, since this user can't mount one");
  const dir = join(outer, "data");
  const loop = new LoopProcess(startArgs(outer));
  await loop.start();
  const ballast = join(outer, "ballast");
  const full: Fault = {
    name: "disk full",
    forMs: 4_000,
    mayEnd: true,
    async begin() {
      fill(ballast);
    },
    async end() {
      rmSync(ballast);
    },
  };
  return {
    name: "embedded",
    loop,
    foreignIds: [],
    faults: [killed(loop), ...(mounted ? [full] : [])],
    damages: [
      { name: "power cut", befall: (random) => cutPower(dir, random) },
      logCut(dir, MOST_CUT),
      ...stateDamages(dir),
    ],
    async open() {
      for (const deadline = performance.now() + OPEN_MS; ;) {
        const backbone = await connectLocally(dir).catch(() => undefined);
        if (backbone !== undefined) {
          return { backbone, registry: backbone.registry, close: () => backbone.close() };
        }
        if (performance.now() > deadline) throw new Error(`no process serves ${dir}: ${loop.tail}`);
        await sleep(100);
      }
    },
    async close() {
      await loop.stop();
      if (mounted) execFileSync("umount", [outer]);
      rmSync(outer, { recursive: true, force: true });
    },
  };
}

function mount(dir: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=3g", "loopstream-torture", dir], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Until nothing more fits. */
function fill(file: string): void {
  const handle = openSync(file, "w");
  try {
    for (;;) writeSync(handle, CHUNK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  } finally {
    closeSync(handle);
  }
}
