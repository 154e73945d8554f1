import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blueprintTable, modelTable } from "../../catalogue/index.ts";
import {
  decide,
  enrich,
  eventWindows,
  tableContent,
  infer,
  posteriorStates,
  type Scorers,
} from "../../operators/index.ts";
import { blueprints, deadLetters, enriched, events, models, observations, scored } from "../../schemas/index.ts";
import {
  Application,
  createEmbeddedBackbone,
  createMemoryEngine,
  defineTopology,
  ensureTopic,
  Publisher,
  Serdes,
  type EmbeddedBackbone,
} from "../../streams/index.ts";
import { published } from "../operators/parcels.ts";

export interface RunningLoop {
  readonly backbone: EmbeddedBackbone;
  readonly serdes: Serdes;
  readonly publisher: Publisher;
  readonly application: Application;
  close(): Promise<void>;
}

export const PARTITIONS = 3;

/** An embedded backbone in a directory of its own, on which requests are answered with the parcels' blueprint. */
export async function runLoop(scorers: Scorers, answering = true): Promise<RunningLoop> {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-client-"));
  const backbone = await createEmbeddedBackbone({ dir });
  const serdes = new Serdes(backbone.registry);
  const application = new Application({
    id: "decisions",
    topology: defineTopology({
      name: "decisions",
      operators: [enrich, infer(scorers), decide("salt")],
      globals: [blueprintTable, modelTable, eventWindows, tableContent, posteriorStates],
      memoryEdges: [enriched, scored],
    }),
    backbone,
    serdes,
    engine: createMemoryEngine(),
    deadLetters,
    partitions: PARTITIONS,
    delivery: "atLeastOnce",
    commitIntervalMs: 0,
    maxTaskIdleMs: 0,
  });
  for (const topic of [blueprints, models, observations, events]) {
    await ensureTopic(topic, backbone, serdes, PARTITIONS);
  }
  const publisher = await Publisher.open(backbone, serdes, PARTITIONS);
  await publisher.publish([{ topic: blueprints, ...published() }]);
  await application.start();
  if (!answering) await application.close();
  return {
    backbone,
    serdes,
    publisher,
    application,
    async close() {
      if (answering) await application.close();
      await publisher.close();
      await backbone.close();
      await rm(dir, { recursive: true });
    },
  };
}
