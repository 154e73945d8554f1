import { connect, createServer, type Socket } from "node:net";

/** How a registry may be: as it is, not there, silent, or answering nothing but errors. */
export type RegistryMood = "well" | "away" | "silent" | "failing";

export interface RegistryProxy {
  readonly url: string;
  mood: RegistryMood;
  close(): Promise<void>;
}

const FAILING = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops";

/** Stands before a registry, so that it can be taken away and given back with all it holds. */
export async function registryProxy(target: string): Promise<RegistryProxy> {
  const { hostname, port, pathname } = new URL(target);
  const sockets = new Set<Socket>();
  let mood: RegistryMood = "well";
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer((socket) => {
    keep(socket);
    if (mood === "away") socket.destroy();
    else if (mood === "failing") socket.once("data", () => socket.end(FAILING));
    else if (mood === "well") {
      const behind = keep(connect(Number(port), hostname));
      socket.pipe(behind).pipe(socket);
      socket.on("close", () => behind.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const own = (server.address() as { port: number }).port;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${own}${pathname}`,
    get mood() {
      return mood;
    },
    set mood(next) {
      mood = next;
      cut();
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
