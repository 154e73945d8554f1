import { createHash } from "node:crypto";
import { lstat, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { StreamsError } from "../../errors.ts";
import { makeFolder } from "../../private-files.ts";

/** A socket's path may have 104 bytes on macOS and 108 on Linux, the closing zero included. */
const MAX_PATH_BYTES = 100;

/** A file that tells the socket's path when the socket can't be in the directory itself. */
export const noteFile = (dir: string): string => join(dir, "loopstream.sock.path");
export const socketFile = (dir: string): string => join(dir, "loopstream.sock");

const nameOf = (dir: string): string => createHash("sha256").update(resolve(dir)).digest("hex").slice(0, 24);

/** In the directory itself, or by name on Windows; `undefined` if the path is too long for that. */
export function addressAt(dir: string): string | undefined {
  if (process.platform === "win32") return `\\\\.\\pipe\\loopstream-${nameOf(dir)}`;
  const address = resolve(socketFile(dir));
  return Buffer.byteLength(address) > MAX_PATH_BYTES ? undefined : address;
}

/** A short path that has to be noted in the directory. */
export async function addressElsewhere(dir: string): Promise<string> {
  return join(await privateFolder(), `${nameOf(dir)}.sock`);
}

/** The address at which a server of the directory would listen. */
export async function addressToDial(dir: string): Promise<string | undefined> {
  return (await readFile(noteFile(dir), "utf8").catch(() => undefined)) ?? addressAt(dir);
}

/** A folder for sockets that only this user can enter: anybody may write to the folder around it. */
async function privateFolder(): Promise<string> {
  const uid = process.getuid!();
  const folder = join(tmpdir(), `loopstream-${uid}`);
  makeFolder(folder);
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0) {
    throw new StreamsError(
      "BACKBONE_UNAVAILABLE",
      `${folder} must be a folder that only this user may enter: remove it, or chmod 700 it`,
    );
  }
  return folder;
}
