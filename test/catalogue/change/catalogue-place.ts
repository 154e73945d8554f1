import { openTools, type Tools } from "../../../loop/index.ts";
import {
  createConfluentRegistry,
  createKafkaBackbone,
  openShared,
  prefixed,
  type Backbone,
  type SchemaRegistry,
} from "../../../streams/index.ts";

/** A catalogue that several processes change: in a folder, or on brokers behind a prefix. */
export type CataloguePlace =
  { readonly dir: string } | { readonly brokers: string; readonly registry: string; readonly prefix: string };

export interface OpenCatalogue {
  readonly tools: Tools;
  /** This process has the log open, and serves the others. */
  readonly isHost: boolean;
  close(): Promise<void>;
}

export async function openCatalogue(place: CataloguePlace): Promise<OpenCatalogue> {
  const { backbone, registry, subjectPrefix, isHost, close } = await connect(place);
  const tools = await openTools({ backbone, registry, subjectPrefix, partitions: 1, codeVersion: "test" });
  return {
    tools,
    isHost,
    async close() {
      await tools.close();
      await close();
    },
  };
}

interface Connected {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly subjectPrefix: string;
  readonly isHost: boolean;
  close(): Promise<void>;
}

async function connect(place: CataloguePlace): Promise<Connected> {
  if ("dir" in place) {
    const { backbone, registry, shared, close } = await openShared(place.dir);
    return { backbone, registry, subjectPrefix: "", isHost: !shared, close };
  }
  const kafka = await createKafkaBackbone({ brokers: place.brokers });
  return {
    backbone: prefixed(kafka, place.prefix),
    registry: createConfluentRegistry({ url: place.registry }),
    subjectPrefix: place.prefix,
    isHost: false,
    close: () => kafka.close(),
  };
}
