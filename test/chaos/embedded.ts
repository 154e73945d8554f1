import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectLocally, createEmbeddedBackbone, StreamsError } from "../../streams/index.ts";
import { cutBack, writtenTo } from "../streams/backbones/embedded/power.ts";
import { Fleet } from "./fleet.ts";
import { runChaos, type ChaosReport } from "./run-chaos.ts";

/** One process that is killed again and again; the product talks to it through its local door. */
export async function embeddedChaos(
  seed: number,
  decisions: number,
  kills: number,
  say: (line: string) => void,
  powerCuts = 0,
): Promise<ChaosReport> {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-chaos-"));
  const partitions = 4;
  try {
    return await runChaos({
      ...{ seed, decisions, kills, partitions, say, pauses: 0, wipes: 0, brokerRestarts: 0, pauseMs: 0 },
      ...{ registryOutages: 0, registryOutageMs: 0, wrongClocks: 0, powerCuts },
      fleet: new Fleet([{ dir, partitions }]),
      async open() {
        const backbone = await connectLocally(dir).catch(() => undefined);
        if (backbone === undefined)
          throw new StreamsError("BACKBONE_UNAVAILABLE", "no process serves the directory now");
        return { backbone, registry: backbone.registry, close: () => backbone.close() };
      },
      async openAlone() {
        const backbone = await createEmbeddedBackbone({ dir });
        return { backbone, registry: backbone.registry, close: () => backbone.close() };
      },
      stateDirs: [dir],
      cutPower: (random) => cutPower(dir, random),
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Of the log at most so much is lost at once: a few hundred decisions. */
const MOST_LOST = 256 << 10;

/** Each database loses of what it wrote last as much as it will, whatever the others lose. */
export function cutPower(dir: string, random: () => number): void {
  const log = join(dir, "log");
  const written = writtenTo(log);
  cutBack(log, written - Math.floor(random() * Math.min(written, MOST_LOST)));
  for (const entry of readdirSync(join(dir, "state"), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const state = join(dir, "state", entry.name);
    if (random() < 0.7) cutBack(state, Math.floor(random() * (writtenTo(state) + 1)));
  }
}
