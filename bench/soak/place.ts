import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  connectLocally,
  createConfluentRegistry,
  createPlatformaticBackbone,
  type Backbone,
  type SchemaRegistry,
} from "../../streams/index.ts";
import { startKafka } from "../../test/servers/kafka.ts";
import { startRegistry } from "../../test/servers/registry.ts";
import type { WorkerSettings } from "./worker.ts";

export interface SoakPlace {
  readonly settings: Pick<WorkerSettings, "dir" | "kafka">;
  /** For the product, while the loop runs. */
  connect(): Promise<{ readonly backbone: Backbone; readonly registry: SchemaRegistry; close(): Promise<void> }>;
  close(): Promise<void>;
}

/** A folder of its own and, unless embedded, a real Kafka and registry of its own. */
export async function openPlace(embedded: boolean): Promise<SoakPlace> {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-soak-"));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  if (embedded) {
    return {
      settings: { dir },
      async connect() {
        const backbone = (await connectLocally(dir))!;
        return { backbone, registry: backbone.registry, close: () => backbone.close() };
      },
      close: () => Promise.resolve(remove()),
    };
  }
  const kafka = await startKafka();
  const registry = await startRegistry();
  return {
    settings: { dir, kafka: { brokers: kafka.brokers, registry: registry.url } },
    async connect() {
      const backbone = await createPlatformaticBackbone({ brokers: kafka.brokers });
      const schemas = createConfluentRegistry({ url: registry.url });
      return {
        backbone,
        registry: schemas,
        async close() {
          await backbone.close();
          await schemas.close();
        },
      };
    },
    async close() {
      await registry.stop();
      await kafka.stop();
      remove();
    },
  };
}
