import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join, resolve } from "node:path";

/** A socket's path may have 104 bytes on macOS and 108 on Linux, the closing zero included. */
const MAX_PATH_BYTES = 100;

/**
 * Holds a name in a directory until it is let go, or the process ends, however it ends. Other processes of this machine can't have it meanwhile.
 * @returns what lets go of it; `undefined`: another process holds it
 */
export async function alone(dir: string, name: string): Promise<(() => Promise<void>) | undefined> {
  const address = addressOf(dir, name);
  // Nothing can be listened to at so long a path: nobody is kept out.
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
  const short = createHash("sha256")
    .update(`${resolve(dir)}\0${name}`)
    .digest("hex")
    .slice(0, 16);
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

/** A socket whose process has ended is still there, and nobody answers. */
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
