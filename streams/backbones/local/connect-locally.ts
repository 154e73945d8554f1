import { createConnection, type Socket } from "node:net";
import { StreamsError } from "../../errors.ts";
import { within } from "../../pause.ts";
import { PROTOCOL } from "./calls.ts";
import { LocalBackbone } from "./local-backbone.ts";
import { addressToDial } from "./socket-address.ts";

const HELLO_WAIT_MS = 30_000;

/**
 * The backbone that another process has open in `dir` and serves with `serveLocally`; `undefined` when nobody listens there.
 * Rejects with `BACKBONE_LOCKED` when the server is of another user or speaks another protocol, and with `BACKBONE_UNAVAILABLE` when it doesn't answer.
 */
export async function connectLocally(dir: string): Promise<LocalBackbone | undefined> {
  const address = await addressToDial(dir);
  const socket = address === undefined ? undefined : await dial(address, dir);
  if (socket === undefined) return undefined;
  const backbone = new LocalBackbone(socket, dir);
  const answer = await within(HELLO_WAIT_MS, backbone.hello(), () => "silence" as const);
  if (answer === PROTOCOL) return backbone;
  socket.destroy();
  if (answer === undefined) return undefined;
  throw answer === "silence"
    ? new StreamsError("BACKBONE_UNAVAILABLE", `the process that has ${dir} open doesn't answer: stop it, or wait`)
    : new StreamsError("BACKBONE_LOCKED", `${dir} is open in another version of loopstream: stop that one first`);
}

function dial(address: string, dir: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path: address, allowHalfOpen: true });
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED" || error.code === "ENOTSOCK") resolve(undefined);
      else reject(new StreamsError("BACKBONE_LOCKED", `${dir} is open in a process that can't be reached`, error));
    };
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.off("error", failed);
      resolve(socket);
    });
  });
}
