import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Log, Metrics } from "../streams/index.ts";
import type { Desk } from "./desk.ts";
import type { SourceSlot } from "./source.ts";

/** The server with types of bodies and replies by their zod schemas. */
export type Door = ReturnType<typeof doorOf>;

export const doorOf = (app: FastifyInstance) => app.withTypeProvider<ZodTypeProvider>();

/** What routes work with. */
export interface Context {
  readonly desk: Desk;
  readonly slot: SourceSlot;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Of the program. */
  readonly version: string;
}

/** Adds the routes of one file. */
export type AddRoutes = (app: Door, context: Context) => void;
