import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, rmdirSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of a few MiB that can be filled and freed. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves so many bytes. */
  fill(leaving: number): void;
  free(): void;
  close(): void;
}

/** Whether one can be mounted: on Linux, by root. */
export function canMount(): boolean {
  try {
    mountSmallDisk(1).close();
    return true;
  } catch {
    return false;
  }
}

/** To be closed by whoever mounts it. Throws where it can't be mounted. */
export function mountSmallDisk(mebibytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "loopstream-small-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", path], { stdio: "ignore" });
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
  const filler = join(path, "filler");
  return {
    path,
    fill(leaving) {
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - leaving), 1));
    },
    free: () => rmSync(filler, { force: true }),
    close() {
      execFileSync("umount", ["-l", path]);
      rmdirSync(path);
    },
  };
}
