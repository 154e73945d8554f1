import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Spill } from "./spill.ts";
import { DomainError } from "../../schemas/index.ts";

/** The disk has no room, or no folder, for waiting rows. */
export class SpillError extends DomainError {
  override readonly name = "SpillError";

  constructor(message: string, cause?: unknown) {
    super("NO_ROOM", message, cause);
  }
}

/**
 * A file in the folder for temporary files (TMPDIR), which no other user can open. If the system allows it, the file
 * has no name from the beginning: nothing is left of it however the process ends.
 */
export async function openSpill(): Promise<Spill> {
  const folder = await mkdtemp(join(tmpdir(), "loopstream-spill-"));
  const path = join(folder, "rows");
  const fail = (error: unknown): never => {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = code === "ENOSPC" ? "the disk is full. Free some space and run it again." : message;
    throw new SpillError(`${path}: ${what}`, error);
  };
  const file = await open(path, "wx+", 0o600).catch(fail);
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  if (process.platform !== "win32") await remove();
  return {
    async write(bytes) {
      await file.writeFile(bytes).catch(fail);
    },
    async read(into, at) {
      return (await file.read(into, 0, into.length, at).catch(fail)).bytesRead;
    },
    async close() {
      await file.close();
      await remove();
    },
  };
}
