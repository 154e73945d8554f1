import { chmod, lstat, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { StreamsError } from "../../errors.ts";
import type { ListenerCalls, ServerCalls } from "./calls.ts";
import { Link } from "./link.ts";
import { createSession, type ServedBackbone } from "./session.ts";
import { addressAt, addressElsewhere, addressToDial, noteFile } from "./socket-address.ts";

/** A socket that somebody has deleted is there again after so long, ms. */
const LOOK_EVERY_MS = 1_000;

export interface LocalServer {
  /** Ends every connection at once and frees all that its client had open. The backbone stays open. */
  close(): Promise<void>;
}

/**
 * Lets other processes of this user work on the log that this process has open in `dir`: see `connectLocally`. Call it
 * only while holding the lock of the log: a socket found there counts as left behind by a killed process. A socket that
 * is deleted is made anew; open connections stay. Does not keep the process alive. Rejects with `BACKBONE_UNAVAILABLE`
 * when nothing can listen.
 */
export async function serveLocally(backbone: ServedBackbone, dir: string): Promise<LocalServer> {
  const links = new Set<Link<ServerCalls, ListenerCalls>>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.unref();
    const session = createSession(backbone, {
      assigned: (listener, partitions) => link.call("assigned", listener, partitions),
      revoked: (listener, partitions) => link.call("revoked", listener, partitions),
    });
    const link: Link<ServerCalls, ListenerCalls> = new Link(socket, session.calls, {
      unavailable: (cause) => new StreamsError("BACKBONE_UNAVAILABLE", `a local client of ${dir} has gone`, cause),
      onEnd: () => session.close(),
    });
    links.add(link);
    void link.gone.then(() => links.delete(link));
  });
  // A connection that can't be accepted is its client's to notice.
  server.on("error", () => undefined);
  server.unref();
  let address = await listen(server, dir);
  let looking: Promise<void> | undefined;
  const looks = setInterval(() => {
    looking ??= isThere(address, dir)
      .then(async (there) => {
        if (there) return;
        // It stops listening; its connections stay.
        server.close();
        address = await listen(server, dir);
      })
      // A folder that is gone, or a full disk: the next look tries again.
      .catch(() => undefined)
      .finally(() => (looking = undefined));
  }, LOOK_EVERY_MS).unref();
  return {
    async close() {
      clearInterval(looks);
      await looking;
      const closed = new Promise((resolve) => server.close(resolve));
      await Promise.all([...links].map((link) => link.destroy()));
      await closed;
      if (process.platform !== "win32") await rm(address, { force: true });
      await rm(noteFile(dir), { force: true });
    },
  };
}

/** Whether other processes find the socket. */
async function isThere(address: string, dir: string): Promise<boolean> {
  if (process.platform === "win32") return true;
  const socket = await lstat(address).catch((error: NodeJS.ErrnoException) => error);
  if (socket instanceof Error) return socket.code !== "ENOENT";
  return (await addressToDial(dir)) === address;
}

async function listen(server: Server, dir: string): Promise<string> {
  const here = addressAt(dir);
  try {
    if (here !== undefined && (await bind(server, here))) {
      await rm(noteFile(dir), { force: true });
      return here;
    }
    const elsewhere = await addressElsewhere(dir);
    if (!(await bind(server, elsewhere)))
      throw new StreamsError("BACKBONE_UNAVAILABLE", `nothing can listen at ${elsewhere}`);
    await writeFile(noteFile(dir), elsewhere, { mode: 0o600 });
    return elsewhere;
  } catch (error) {
    server.close();
    throw new StreamsError("BACKBONE_UNAVAILABLE", `no socket for other processes can be opened for ${dir}`, error);
  }
}

/** Whether the server listens there now, for this user only. Some file systems have no sockets. */
async function bind(server: Server, address: string): Promise<boolean> {
  const left = await lstat(address).catch(() => undefined);
  if (left?.isSocket() === true) await rm(address);
  const bound = await new Promise<boolean>((resolve) => {
    const failed = (): void => resolve(false);
    server.once("error", failed);
    server.listen(address, () => {
      server.off("error", failed);
      resolve(true);
    });
  });
  if (bound && process.platform !== "win32") await chmod(address, 0o600);
  return bound;
}
