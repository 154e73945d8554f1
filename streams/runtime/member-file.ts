import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MemberMemory } from "../backbone/backbone.ts";
import { makeFolder, PRIVATE_FILE } from "../private-files.ts";

/** A member's id in the folder of its state, which one process has open at a time. A file that can't be read or written costs the wait for a session, and nothing else. */
export function memberMemoryIn(dir: string): MemberMemory {
  const file = join(dir, "member-id");
  return {
    read() {
      try {
        return readFileSync(file, "utf8").trim() || undefined;
      } catch {
        return undefined;
      }
    },
    write(memberId) {
      try {
        if (memberId === undefined) return rmSync(file, { force: true });
        makeFolder(dir);
        writeFileSync(file, `${memberId}\n`, { mode: PRIVATE_FILE });
      } catch {
        // The next process waits for the session to end.
      }
    },
  };
}
