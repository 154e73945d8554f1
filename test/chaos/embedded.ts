import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectLocally, createEmbeddedBackbone, StreamsError } from "../../streams/index.ts";
import { Fleet } from "./fleet.ts";
import { runChaos, type ChaosReport } from "./run-chaos.ts";

/** One process that is killed again and again; the product talks to it through its local door. */
export async function embeddedChaos(
  seed: number,
  decisions: number,
  kills: number,
  say: (line: string) => void,
): Promise<ChaosReport> {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-chaos-"));
  const partitions = 4;
  try {
    return await runChaos({
      ...{ seed, decisions, kills, partitions, say, pauses: 0, wipes: 0, brokerRestarts: 0, pauseMs: 0 },
      ...{ registryOutages: 0, registryOutageMs: 0, wrongClocks: 0 },
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
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
