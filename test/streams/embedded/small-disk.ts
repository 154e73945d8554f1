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

/** `undefined` where nothing can be mounted: on another system than Linux, or without root. */
export function smallDisk(mebibytes: number): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), "loopstream-small-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", path], { stdio: "ignore" });
  } catch {
    rmdirSync(path);
    return undefined;
  }
  const filler = join(path, "filler");
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    execFileSync("umount", ["-l", path]);
    rmdirSync(path);
  };
  // Where the tests that would close it are left out.
  process.once("exit", close);
  return {
    path,
    fill(leaving) {
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - leaving), 1));
    },
    free: () => rmSync(filler, { force: true }),
    close,
  };
}
