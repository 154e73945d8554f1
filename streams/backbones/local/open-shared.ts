import { setTimeout as delay } from "node:timers/promises";
import type { Backbone } from "../../backbone/backbone.ts";
import { createEmbeddedBackbone, type EmbeddedBackboneOptions } from "../embedded/index.ts";
import { Outages } from "../../outage.ts";
import type { SchemaRegistry } from "../../registry/registry.ts";
import { connectLocally } from "./connect-locally.ts";
import { serveLocally } from "./serve-locally.ts";
import { hasCode } from "../../coded-error.ts";

export interface SharedBackbone {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  /** Another process has the log open, and serves this one. */
  readonly shared: boolean;
  /**
   * Aborted as soon as the serving process has gone. Then open it again: one of the processes that do so has the log
   * open. Never aborted if this process has the log open itself.
   */
  readonly gone: AbortSignal;
  close(): Promise<void>;
}

/** A process that has just opened the log is about to listen; one that no longer listens is about to close it. */
const PATIENCE_MS = 5_000;
const PAUSE_MS = 50;
const QUIET_MS = 500;

/** Options of the process that opens the log. The others get the same. */
export type SharedOptions = Pick<EmbeddedBackboneOptions, "sync" | "log" | "memory">;

/**
 * The embedded backbone in `dir`. This process opens it and serves it to others, or is served by the process that has
 * it open. Rejects with `BACKBONE_LOCKED` when another process has it open and does not serve it.
 */
export async function openShared(
  dir: string,
  outages = new Outages(),
  options: SharedOptions = {},
): Promise<SharedBackbone> {
  const outage = outages.of("log directory", QUIET_MS);
  for (const deadline = Date.now() + PATIENCE_MS; ;) {
    try {
      const here = await openHere({ ...options, dir, outages });
      outage.ended();
      return here;
    } catch (error) {
      if (!hasCode(error, "BACKBONE_LOCKED")) {
        outage.givenUp(error);
        throw error;
      }
      const backbone = await connectLocally(dir);
      if (backbone !== undefined) {
        outage.ended();
        const { registry, gone } = backbone;
        return { backbone, registry, shared: true, gone, close: () => backbone.close() };
      }
      if (Date.now() > deadline) {
        outage.givenUp(error);
        throw error;
      }
      outage.failed(error, { dir });
      await delay(PAUSE_MS);
    }
  }
}

async function openHere(options: EmbeddedBackboneOptions): Promise<SharedBackbone> {
  const { dir } = options;
  const backbone = await createEmbeddedBackbone(options);
  try {
    const server = await serveLocally(backbone, dir);
    return {
      backbone,
      registry: backbone.registry,
      shared: false,
      gone: new AbortController().signal,
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
