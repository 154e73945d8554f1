import { chmod, writeFile } from "node:fs/promises";

/** As a person's umask would have it; `undefined`: it still holds. */
let askedFor: number | undefined;

/** From now on what this process makes is nobody else's: LevelDB, for one, says no modes of its own. */
export function keepPrivate(): void {
  askedFor = 0o666 & ~process.umask(0o077);
}

/** Gives a file that a person asked for by name the mode that it would have had. */
export async function asAskedFor(file: { chmod(mode: number): Promise<void> }): Promise<void> {
  if (askedFor !== undefined && process.platform !== "win32") await file.chmod(askedFor);
}

/** Writes a file that a person asked for by name. */
export async function writeAsAskedFor(path: string, content: Uint8Array): Promise<void> {
  await writeFile(path, content);
  await asAskedFor({ chmod: (mode) => chmod(path, mode) });
}
