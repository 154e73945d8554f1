import { z } from "zod";

export const health = z.object({ status: z.literal("ok"), version: z.string() });

export const readiness = z.object({
  ready: z.boolean(),
  waitsFor: z.array(z.string()).describe("The reasons that it is not ready; empty: it is."),
  joined: z.boolean().nullable().describe("Member of the loop's group; null: the loop runs in other processes only."),
  restoring: z.int().describe("Tasks whose state is being restored."),
  windowRecordsLeft: z.int().describe("Retained records still to be read for event windows."),
  lag: z.int().nullable().describe("Requests that no task has handled yet; null: not known."),
});
