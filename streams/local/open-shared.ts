import { setTimeout as delay } from "node:timers/promises";
import type { Backbone } from "../backbone/backbone.ts";
import { createEmbeddedBackbone } from "../embedded/index.ts";
import { hasCode } from "../errors.ts";
import type { SchemaRegistry } from "../registry/registry.ts";
import { connectLocally } from "./connect-locally.ts";
import { serveLocally } from "./serve-locally.ts";

export interface SharedBackbone {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  /** Another process has the log open, and serves this one. */
  readonly shared: boolean;
  close(): Promise<void>;
}

/** A process that has just opened the log is about to listen; one that no longer listens is about to close it. */
const PATIENCE_MS = 5_000;
const PAUSE_MS = 50;

/**
 * The embedded backbone in `dir`, whoever has it open: this process opens it and serves it to others, or is served by the one that has it.
 * Rejects with `BACKBONE_LOCKED` when another process has it open and does not serve it.
 */
export async function openShared(dir: string): Promise<SharedBackbone> {
  for (const deadline = Date.now() + PATIENCE_MS; ;) {
    try {
      return await openHere(dir);
    } catch (error) {
      if (!hasCode(error, "BACKBONE_LOCKED")) throw error;
      const backbone = await connectLocally(dir);
      if (backbone !== undefined) {
        return { backbone, registry: backbone.registry, shared: true, close: () => backbone.close() };
      }
      if (Date.now() > deadline) throw error;
      await delay(PAUSE_MS);
    }
  }
}

async function openHere(dir: string): Promise<SharedBackbone> {
  const backbone = await createEmbeddedBackbone({ dir });
  try {
    const server = await serveLocally(backbone, dir);
    return {
      backbone,
      registry: backbone.registry,
      shared: false,
      async close() {
        await server.close();
        await backbone.close();
      },
    };
  } catch (error) {
    await backbone.close();
    throw error;
  }
}
