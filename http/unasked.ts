import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Connections that have not brought a request yet. Node takes them for busy until their headers are late. */
export function unaskedConnections(server: Server): { close(): void } {
  const unasked = new Set<Socket>();
  server.on("connection", (socket) => {
    unasked.add(socket);
    socket.once("close", () => unasked.delete(socket));
  });
  server.on("request", ({ socket }) => unasked.delete(socket));
  return {
    close() {
      for (const socket of unasked) socket.destroy();
    },
  };
}
