import { hash } from "node:crypto";
import { rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join, resolve } from "node:path";

/** A socket's path may have 104 bytes on macOS and 108 on Linux, the closing zero included. */
const MAX_PATH_BYTES = 100;

/**
 * Holds a name in a directory until it is released, or the process ends in any way. No other process of this machine
 * can have it meanwhile.
 * @returns releases it; `undefined`: another process holds it
 */
export async function alone(dir: string, name: string): Promise<(() => Promise<void>) | undefined> {
  const address = addressOf(dir, name);
  // No socket fits so long a path: then the name excludes nobody.
  if (address === undefined) return async () => undefined;
  const server = createServer((socket) => void socket.destroy());
  server.unref();
  if (!(await listens(server, address))) {
    if (await answers(address)) return undefined;
    await rm(address, { force: true });
    if (!(await listens(server, address))) return (await answers(address)) ? undefined : async () => undefined;
  }
  return () => new Promise((resolved) => server.close(() => resolved()));
}

function addressOf(dir: string, name: string): string | undefined {
  const short = hash("sha256", `${resolve(dir)}\0${name}`).slice(0, 16);
  if (process.platform === "win32") return `\\\\.\\pipe\\loopstream-${short}`;
  const path = join(resolve(dir), `loopstream-${short}.sock`);
  return Buffer.byteLength(path) > MAX_PATH_BYTES ? undefined : path;
}

function listens(server: Server, address: string): Promise<boolean> {
  return new Promise((resolved) => {
    const failed = (): void => resolved(false);
    server.once("error", failed);
    server.listen(address, () => {
      server.off("error", failed);
      resolved(true);
    });
  });
}

/** The socket of a process that has ended is still there, and does not answer. */
function answers(address: string): Promise<boolean> {
  return new Promise((resolved) => {
    const socket = connect(address);
    socket.once("connect", () => {
      socket.destroy();
      resolved(true);
    });
    socket.once("error", () => resolved(false));
  });
}
