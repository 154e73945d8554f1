import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../../../streams/backbones/embedded/index.ts";
import {
  connectLocally,
  serveLocally,
  type LocalBackbone,
  type LocalServer,
} from "../../../../streams/backbones/local/index.ts";
import { newDir } from "./new-dir.ts";

export interface Served {
  readonly dir: string;
  readonly backbone: EmbeddedBackbone;
  readonly server: LocalServer;
  /** Another client of the server. */
  connect(): Promise<LocalBackbone>;
  close(): Promise<void>;
}

/** A log in a new directory, and a server of it in this process. */
export async function serve(below?: string): Promise<Served> {
  const dir = await newDir(below);
  const backbone = await createEmbeddedBackbone({ dir: dir.path });
  const server = await serveLocally(backbone, dir.path);
  const clients: LocalBackbone[] = [];
  return {
    dir: dir.path,
    backbone,
    server,
    async connect() {
      const client = await connectLocally(dir.path);
      if (client === undefined) throw new Error(`nobody listens in ${dir.path}`);
      clients.push(client);
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await server.close();
      await backbone.close();
      await dir.remove();
    },
  };
}
