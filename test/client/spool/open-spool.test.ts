import { spawn, type ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { KeptRecord } from "../../../client/buffer/kept-record.ts";
import { readFrames } from "../../../client/spool/frames.ts";
import { openSpool } from "../../../client/spool/open-spool.ts";
import { liveIn } from "../../../client/spool/spooled.ts";
import type { Spool } from "../../../client/spool/spool.ts";
import { silent } from "../../../streams/index.ts";
import { canMount, mountSmallDisk } from "../../streams/backbones/embedded/small-disk.ts";
import { recordedLog } from "../../streams/recorded-log.ts";

let dir: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-spool-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) await killed(child);
  rmSync(dir, { recursive: true });
});

const observation = (i: number): KeptRecord => ({
  ...{ what: "observation", id: `o${i}`, decisionId: `d${i}`, useCase: "", time: 1_000 + i },
  values: { kind: "seen", amount: i / 3, note: "ü\u2028\ud800", missing: null, on: true },
});
const event = (i: number): KeptRecord => ({
  ...{ what: "event", id: `e${i}`, kind: "step", key: "k", attributes: { ["__proto__"]: "own", size: i }, time: i },
});
const ends = [{ topic: "events", partition: 0, start: 0, end: 7 }];
const file = (folder = dir): string => join(folder, "records.spool");
const idsIn = (spool: Spool): readonly string[] => spool.left.map(({ record }) => record.id);

/** A folder with a spool of this content, as a process leaves it that was killed. */
function folderWith(bytes: Uint8Array, name = "copy"): string {
  const folder = join(dir, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(file(folder), bytes);
  return folder;
}

async function bytesOf(records: readonly KeptRecord[]): Promise<Buffer> {
  const spool = openSpool(join(dir, "made"), silent);
  for (const record of records) await spool.keep(record, record.what === "event" ? ends : undefined).written;
  const bytes = readFileSync(file(join(dir, "made")));
  await spool.close();
  return bytes;
}

async function reopened(folder: string, log = silent): Promise<Spool> {
  const spool = openSpool(folder, log);
  await spool.close();
  return spool;
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await gone;
}

/** Starts another process on the folder. @returns its first line. */
async function owner(folder: string, count = 0): Promise<{ readonly said: string; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "spool-owner.ts"), folder, String(count)]);
  children.push(child);
  const said = await new Promise<string>((resolve) =>
    child.stdout.once("data", (data) => resolve(String(data).trim())),
  );
  return { said, child };
}

describe("what was kept", () => {
  test("comes back after a kill as it was, in its order, without what is done", async () => {
    const records = [observation(1), event(2), observation(3), event(4)];
    const spool = openSpool(dir, silent);
    const kept = records.map((record) => spool.keep(record, undefined));
    await Promise.all(kept.map(({ written }) => written));
    spool.forget(kept[2]!.number);
    await spool.keepFrom([kept[1]!.number], ends);
    const { left } = await reopened(folderWith(readFileSync(file())));
    expect(left).toEqual([
      { number: 1, record: records[0], from: undefined },
      { number: 2, record: records[1], from: ends },
      { number: 4, record: records[3], from: undefined },
    ]);
    await spool.close();
  });

  test("gives its room back when nothing waits, and numbers go on after what is left", async () => {
    const first = openSpool(dir, silent);
    const kept = [1, 2].map((i) => first.keep(observation(i), undefined));
    await Promise.all(kept.map(({ written }) => written));
    for (const { number } of kept) first.forget(number);
    await first.close();
    expect(statSync(file()).size).toBe(8);
    const second = openSpool(dir, silent);
    await second.keep(observation(3), undefined).written;
    await second.close();
    const third = openSpool(dir, silent);
    expect(third.keep(observation(4), undefined).number).toBe(third.left[0]!.number + 1);
    await third.close();
    expect(idsIn(await reopened(dir))).toEqual(["o3", "o4"]);
  });

  test(
    "is written anew when most of the file is done, though something always waits",
    { timeout: 900_000 },
    async () => {
      const spool = openSpool(dir, silent);
      const large = (i: number): KeptRecord => ({
        ...observation(i),
        what: "observation",
        id: `o${i}`,
        decisionId: "d",
        useCase: "",
        values: { note: "x".repeat(200_000) },
      });
      let before: number | undefined;
      for (let i = 0; i < 200; i++) {
        const { number, written } = spool.keep(large(i), undefined);
        await written;
        if (before !== undefined) spool.forget(before);
        before = number;
      }
      expect(statSync(file()).size).toBeLessThan(20 << 20);
      await spool.close();
      expect(idsIn(await reopened(dir))).toEqual(["o199"]);
    },
  );

  test("is readable by its owner alone", async () => {
    const folder = join(dir, "own", "spool");
    await reopened(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });
});

describe("a damaged file", () => {
  test("cut off at any byte gives every record that was whole, and takes others", async () => {
    const records = [observation(1), event(2), observation(3)];
    const bytes = await bytesOf(records);
    const ids = records.map(({ id }) => id);
    const ends = ids
      .map((id) => readFrames(bytes.subarray(0, bytes.indexOf(`"${id}"`)), 8).torn)
      .map((torn, i) => {
        return { from: bytes.indexOf(`"${ids[i]}"`) - torn };
      });
    for (let length = 8; length < bytes.length; length++) {
      const whole = ends.filter((_, i) => length >= (ends[i + 1]?.from ?? bytes.length)).length;
      const { contents, damaged } = readFrames(bytes.subarray(0, length), 8);
      const found = liveIn(contents).map(({ record }) => record.id);
      expect({ found, damaged }, String(length)).toEqual({ found: ids.slice(0, whole), damaged: 0 });
    }
    for (const length of [0, 1, 7, 8, 9, 100, bytes.length - 1]) {
      const folder = folderWith(bytes.subarray(0, length));
      const spool = openSpool(folder, silent);
      const left = idsIn(spool);
      expect(left).toEqual(ids.slice(0, left.length));
      await spool.keep(observation(9), undefined).written;
      await spool.close();
      expect(idsIn(await reopened(folder))).toEqual([...left, "o9"]);
    }
  });

  test("with a wrong byte costs the record that has it, says so and keeps a copy", async () => {
    const bytes = await bytesOf([observation(1), observation(2), observation(3)]);
    const at = bytes.indexOf('"o2"');
    for (const wrong of [at, at - 30, at + 40]) {
      const damaged = Buffer.from(bytes);
      damaged[wrong]! ^= 0x55;
      const folder = folderWith(damaged);
      const { log, lines } = recordedLog();
      expect(idsIn(await reopened(folder, log))).toEqual(["o1", "o3"]);
      expect(lines).toMatchObject([{ level: "error", fields: { copy: `${file(folder)}.damaged` } }]);
      expect(readFileSync(`${file(folder)}.damaged`).equals(damaged)).toBe(true);
    }
  });

  test("of a later release, or of another program, is refused and left as it is", async () => {
    const bytes = await bytesOf([observation(1)]);
    const later = Buffer.from(bytes);
    later[7] = 2;
    for (const [content, code] of [
      [later, "NEWER_RELEASE"],
      [Buffer.from("not a spool at all"), "BAD_DIRECTORY"],
    ] as const) {
      const folder = folderWith(content);
      expect(() => openSpool(folder, silent)).toThrow(expect.objectContaining({ code }) as Error);
      expect(readFileSync(file(folder)).equals(content)).toBe(true);
    }
    expect(() => openSpool(" ", silent)).toThrow(expect.objectContaining({ code: "BAD_DIRECTORY" }) as Error);
    writeFileSync(join(dir, "file"), "");
    expect(() => openSpool(join(dir, "file"), silent)).toThrow(
      expect.objectContaining({ code: "BAD_DIRECTORY" }) as Error,
    );
  });
});

describe("two processes on one folder", () => {
  test("the second is refused with the first one's number, which may also be stopped; after a kill it takes over", async () => {
    const folder = join(dir, "shared");
    const { said, child } = await owner(folder, 3);
    expect(said).toBe("open");
    child.kill("SIGSTOP");
    expect(() => openSpool(folder, silent)).toThrow(`in use by process ${child.pid}`);
    expect((await owner(folder)).said).toBe("BACKBONE_LOCKED");
    child.kill("SIGCONT");
    await killed(child);
    expect(idsIn(await reopened(folder))).toEqual(["o0", "o1", "o2"]);
  });

  test("so is a second client of one process, until the first is closed", async () => {
    const first = openSpool(dir, silent);
    expect(() => openSpool(dir, silent)).toThrow(expect.objectContaining({ code: "BACKBONE_LOCKED" }) as Error);
    await first.close();
    await reopened(dir);
  });

  test("of many that start at once over a killed owner one has it", { timeout: 900_000 }, async () => {
    const folder = join(dir, "raced");
    const { child } = await owner(folder, 1);
    await killed(child);
    const said = await Promise.all(Array.from({ length: 6 }, async () => (await owner(folder)).said));
    expect(said.sort()).toEqual(["open", ...Array<string>(5).fill("BACKBONE_LOCKED")].sort());
    expect(readdirSync(folder).filter((name) => name.startsWith("lock."))).toHaveLength(1);
  });

  test("of a lock whose process number another process has now, the owner is gone", async () => {
    const { child } = await owner(dir);
    await killed(child);
    const [lock] = readdirSync(dir).filter((name) => name.startsWith("lock."));
    const left = JSON.parse(readFileSync(join(dir, lock!), "utf8")) as object;
    writeFileSync(join(dir, lock!), JSON.stringify({ ...left, pid: process.pid }));
    await reopened(dir);
    const other = join(dir, `lock.${Number(lock!.slice(5)) + 2}`);
    writeFileSync(other, JSON.stringify({ ...left, host: "elsewhere" }));
    expect(() => openSpool(dir, silent)).toThrow(`if that machine is gone, remove ${other}`);
  });
});

test.skipIf(!canMount())(
  "a full disk refuses a record, keeps those before it, and takes others when there is room",
  async () => {
    const disk = mountSmallDisk(4);
    try {
      const folder = join(disk.path, "spool");
      const spool = openSpool(folder, silent);
      await spool.keep(observation(1), undefined).written;
      disk.fill(0);
      const large: KeptRecord = {
        ...observation(2),
        what: "event",
        kind: "k",
        key: "k",
        attributes: { note: "x".repeat(100_000) },
      };
      await expect(spool.keep(large, undefined).written).rejects.toMatchObject({ code: "STATE_UNAVAILABLE" });
      disk.free();
      await spool.keep(observation(3), undefined).written;
      await spool.close();
      expect(existsSync(file(folder))).toBe(true);
      expect(idsIn(await reopened(folder))).toEqual(["o1", "o3"]);
    } finally {
      disk.close();
    }
  },
);
