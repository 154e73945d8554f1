import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNode } from "./kafka.ts";
import { freePorts } from "./ports.ts";

export interface KafkaProxy {
  /** The only address that the broker tells its clients. */
  readonly brokers: string;
  /** Connections that are made while it is set are taken and never answered. */
  silent: boolean;
  /** Connections that are open now and were answered, in the order in which they were made. */
  connections(): readonly Socket[];
  /** Ends the broker and deletes its data. */
  stop(): Promise<void>;
}

/** A real broker behind a proxy that can fall silent, as a firewall or a machine that is gone does. */
export async function startProxiedKafka(): Promise<KafkaProxy> {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-kafka-"));
  const [port, controllerPort, own] = (await freePorts(3)) as [number, number, number];
  const open = new Set<Socket>();
  const answered = new Set<Socket>();
  const keep = (socket: Socket, among: Set<Socket>[]): Socket => {
    for (const set of among) set.add(socket);
    return socket
      .on("error", () => socket.destroy())
      .on("close", () => {
        for (const set of among) set.delete(socket);
      });
  };
  const proxy = {
    brokers: `127.0.0.1:${own}`,
    silent: false,
    connections: () => [...answered],
    async stop() {
      server.close();
      for (const socket of open) socket.destroy();
      await node.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  const server = createServer((socket) => {
    if (proxy.silent) {
      keep(socket, [open]).resume();
      return;
    }
    keep(socket, [open, answered]);
    const behind = keep(connect(port, "127.0.0.1"), [open]);
    socket.pipe(behind).pipe(socket);
    socket.on("close", () => behind.destroy());
  });
  await new Promise<void>((resolve) => server.listen(own, "127.0.0.1", resolve));
  const properties = { "advertised.listeners": `PLAINTEXT://127.0.0.1:${own}` };
  const node = await startNode(dir, { id: 1, port, controllerPorts: [controllerPort] }, { properties });
  return proxy;
}
