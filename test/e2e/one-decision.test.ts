import { join } from "node:path";
import { afterAll, test } from "vitest";
import { connectLocally, createEmbeddedBackbone, StreamsError } from "../../streams/index.ts";
import { Fleet } from "../chaos/fleet.ts";
import type { Place } from "../chaos/product.ts";
import { temporaryDir } from "./command.ts";
import { oneDecision } from "./one-decision.ts";

const partitions = 2;
const { path, remove } = temporaryDir();
afterAll(() => remove());

test(
  "embedded: a request sent five times, across kill -9 and a model, has one record and equal replies; after the retention a new one says so",
  { timeout: 900_000 },
  async () => {
    const dir = join(path, "loop");
    const open = async (): Promise<Place> => {
      const backbone = await connectLocally(dir).catch(() => undefined);
      if (backbone === undefined) throw new StreamsError("BACKBONE_UNAVAILABLE", "no process serves the directory now");
      return { backbone, registry: backbone.registry, close: () => backbone.close() };
    };
    const openAlone = async (): Promise<Place> => {
      const backbone = await createEmbeddedBackbone({ dir });
      return { backbone, registry: backbone.registry, close: () => backbone.close() };
    };
    await oneDecision(new Fleet([{ dir, partitions }]), open, openAlone, partitions);
  },
);
