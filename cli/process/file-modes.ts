import { chmod, writeFile } from "node:fs/promises";
import { tableError } from "../files/table-error.ts";

/** As a person's umask would have it; `undefined`: it still holds. */
let askedFor: number | undefined;

/** From now on only this user can use new files of this process. LevelDB, for one, sets no modes. */
export function keepPrivate(): void {
  askedFor = 0o666 & ~process.umask(0o077);
}

/** Gives a file that a person named the mode of that person's umask. */
export async function asAskedFor(file: { chmod(mode: number): Promise<void> }): Promise<void> {
  if (askedFor !== undefined && process.platform !== "win32") await file.chmod(askedFor);
}

/** Writes a file that a person named. Throws a `TableError` that names it. */
export async function writeAsAskedFor(path: string, content: Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
    await asAskedFor({ chmod: (mode) => chmod(path, mode) });
  } catch (error) {
    throw tableError(path, error);
  }
}
