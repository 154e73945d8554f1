import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Dir {
  readonly path: string;
  remove(): Promise<void>;
}

/** @param below a folder in it, whose path is then the directory's. */
export async function newDir(below = ""): Promise<Dir> {
  const top = await mkdtemp(join(tmpdir(), "loopstream-local-"));
  const path = join(top, below);
  await mkdir(path, { recursive: true });
  return { path, remove: () => rm(top, { recursive: true }) };
}
