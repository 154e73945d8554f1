import { execFileSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEmbeddedBackbone } from "../../../../streams/backbones/embedded/index.ts";
import { crc32c } from "../../../../streams/leveldb/crc32c.ts";
import { readFramedLog } from "../../../../streams/leveldb/framed-log.ts";
import { outgoing, readAll, text } from "../backbone-harness.ts";
import { writeAheadLogs } from "./power.ts";

const folder = mkdtempSync(join(tmpdir(), "loopstream-damaged-log-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const original = join(folder, "original");
const RECORDS = 300;

/** Records of about a kilobyte, from tables and from what is not in tables yet. */
beforeAll(async () => {
  for (let opening = 0; opening < 3; opening++) {
    const backbone = await createEmbeddedBackbone({ dir: original });
    await backbone.ensureTopics([{ name: "a", partitions: 1, cleanup: "delete" }]);
    const producer = await backbone.producer();
    for (let n = 0; n < RECORDS / 3; n++) {
      await producer.send([outgoing("a", `${opening}.${n} ${"x".repeat(1_000)}`)]);
    }
    await backbone.close();
  }
});

let copies = 0;
function damagedCopy(damage: (log: string) => void): string {
  const dir = join(folder, String(copies++));
  cpSync(original, dir, { recursive: true });
  damage(join(dir, "log"));
  return dir;
}

const file = (log: string, pattern: RegExp): string =>
  join(
    log,
    readdirSync(log)
      .filter((name) => pattern.test(name))
      .at(-1)!,
  );
const wal = (log: string): string => writeAheadLogs(log).at(-1)!;

function overwrite(path: string, at: number, bytes: Buffer): void {
  const fd = openSync(path, "r+");
  writeSync(fd, bytes, 0, bytes.length, at);
  closeSync(fd);
}

async function valuesIn(dir: string): Promise<readonly string[]> {
  const backbone = await createEmbeddedBackbone({ dir });
  try {
    const records = (await readAll(backbone, "a")).get("a/0")!;
    expect(records.map(({ offset }) => offset)).toEqual(records.map((_, at) => at));
    return records.map(({ value }) => text(value)!);
  } finally {
    await backbone.close();
  }
}

const flipped = (path: string, at: number): void => overwrite(path, at, Buffer.from([readFileSync(path)[at]! ^ 0xff]));

describe("a damaged log is an error that says what is wrong and what to do, and nothing is changed", () => {
  const damages: readonly (readonly [what: string, told: RegExp, damage: (log: string) => void])[] = [
    ["CURRENT is lost", /CURRENT is missing.*MANIFEST-\d+ into CURRENT/, (log) => rmSync(join(log, "CURRENT"))],
    [
      "CURRENT is empty",
      /CURRENT names no manifest.*MANIFEST-\d+ into CURRENT/,
      (log) => truncateSync(join(log, "CURRENT"), 0),
    ],
    [
      "CURRENT names nothing",
      /CURRENT names no manifest/,
      (log) => writeFileSync(join(log, "CURRENT"), "MANIFEST-999999\n"),
    ],
    ["the manifest is lost", /CURRENT names no manifest.*backup/, (log) => rmSync(file(log, /^MANIFEST/))],
    ["the manifest is empty", /MANIFEST-\d+ is empty or cut/, (log) => truncateSync(file(log, /^MANIFEST/), 0)],
    [
      "the manifest is cut",
      /MANIFEST|missing/,
      (log) => truncateSync(file(log, /^MANIFEST/), statSync(file(log, /^MANIFEST/)).size - 3),
    ],
    ["a byte of the manifest is another one", /MANIFEST-\d+ is/, (log) => flipped(file(log, /^MANIFEST/), 20)],
    ["a table is lost", /table \d+\.ldb is missing.*backup/, (log) => rmSync(file(log, /ldb$/))],
    ["a table is cut", /table \d+\.ldb has \d+ bytes, not \d+/, (log) => truncateSync(file(log, /ldb$/), 100)],
    ["its newest writes are lost", /\d+\.log is missing/, (log) => rmSync(wal(log))],
    [
      "a byte of its newest writes is another one",
      /\.log is damaged at byte \d+.*truncate -s \d+/,
      (log) => flipped(wal(log), 40_000),
    ],
    [
      "a byte of its newest write but few is another one",
      /damaged at byte \d+.*truncate/,
      (log) => flipped(wal(log), statSync(wal(log)).size - 5_000),
    ],
  ];

  test.each(damages)("%s", async (_, told, damage) => {
    const dir = damagedCopy(damage);
    const before = readdirSync(join(dir, "log")).filter((name) => !name.startsWith("LO"));
    await expect(createEmbeddedBackbone({ dir })).rejects.toMatchObject({
      code: "LOG_CORRUPT",
      flags: { fatal: true },
      message: expect.stringMatching(told) as string,
    });
    expect(readdirSync(join(dir, "log")).filter((name) => !name.startsWith("LO"))).toEqual(before);
  });

  test("and the remedies that it names are ones", async () => {
    const lost = damagedCopy((log) => rmSync(join(log, "CURRENT")));
    const manifest = await createEmbeddedBackbone({ dir: lost }).catch(
      (error: Error) => /(MANIFEST-\d+) into/.exec(error.message)![1]!,
    );
    writeFileSync(join(lost, "log", "CURRENT"), `${manifest as string}\n`);
    expect(await valuesIn(lost)).toHaveLength(RECORDS);
    const flippedByte = damagedCopy((log) => flipped(wal(log), 40_000));
    const command = await createEmbeddedBackbone({ dir: flippedByte }).catch(
      (error: Error) => /truncate -s \d+ [^;]+/.exec(error.message)![0],
    );
    execFileSync("sh", ["-c", command as string]);
    const left = await valuesIn(flippedByte);
    expect(left.length).toBeGreaterThan(RECORDS / 2);
    expect(left.length).toBeLessThan(RECORDS);
  });
});

describe("after a power cut the log is what was written up to some moment, without a hole", () => {
  test.each([0, 1, 6, 7, 100, 5_000, 32_768, 32_771, 65_536, 90_001])("cut at byte %i", async (size) => {
    const all = await valuesIn(damagedCopy(() => undefined));
    const left = await valuesIn(damagedCopy((log) => truncateSync(wal(log), size)));
    expect(left).toEqual(all.slice(0, left.length));
    expect(left.length).toBeLessThan(RECORDS);
  });

  test.each([
    [4_096, 1],
    [8_192, 2],
    [36_864, 1],
    [61_440, 3],
  ])("pages from byte %i on were never written, but later ones", async (at, pages) => {
    const dir = damagedCopy((log) => overwrite(wal(log), at, Buffer.alloc(pages * 4_096)));
    const left = await valuesIn(dir);
    expect(left).toEqual((await valuesIn(damagedCopy(() => undefined))).slice(0, left.length));
    expect(left.length).toBeLessThan(RECORDS);
    // What came behind is not thrown away.
    expect(readdirSync(dir).some((name) => name.startsWith("log-set-aside-"))).toBe(true);
  });

  test.each(["zeros", "noise"])("the end is torn, with %s in place of the last write", async (kind) => {
    const left = await valuesIn(
      damagedCopy((log) => {
        const { size } = statSync(wal(log));
        overwrite(wal(log), size - 900, kind === "zeros" ? Buffer.alloc(900) : Buffer.alloc(900, 0xee));
      }),
    );
    expect(left).toHaveLength(RECORDS - 1);
  });
});

test("a log that was not made to the end is made again", async () => {
  const dir = damagedCopy((log) => {
    rmSync(log, { recursive: true });
    cpSync(file(join(original, "log"), /^LOG$/), join(log, "LOG"));
    writeFileSync(join(log, "MANIFEST-000001"), "");
  });
  const backbone = await createEmbeddedBackbone({ dir });
  expect(await backbone.topics()).toEqual([]);
  await backbone.close();
});

describe("where the newest writes lie in two of LevelDB's logs", () => {
  /** Writes in LevelDB's format, each whole within a block. */
  function framed(writes: readonly Buffer[]): Buffer {
    const parts: Buffer[] = [];
    let at = 0;
    for (const write of writes) {
      const left = 32_768 - (at % 32_768);
      if (left < write.length + 7) {
        // Nothing more fits: an empty end of the block would be read as damage, so a write is cut in two.
        const first = write.subarray(0, Math.max(0, left - 7));
        const pieces =
          left < 7 ? [Buffer.alloc(left), part(1, write)] : [part(2, first), part(4, write.subarray(first.length))];
        parts.push(...pieces);
        at += pieces.reduce((sum, piece) => sum + piece.length, 0);
      } else {
        parts.push(part(1, write));
        at += write.length + 7;
      }
    }
    return Buffer.concat(parts);
  }

  function part(kind: number, payload: Buffer): Buffer {
    const bytes = Buffer.concat([Buffer.alloc(6), Buffer.from([kind]), payload]);
    const crc = crc32c(bytes, 6, bytes.length);
    bytes.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0, 0);
    bytes.writeUInt16LE(payload.length, 4);
    return bytes;
  }

  /** The newest writes of the original, the second half of them in a later log. */
  function split(log: string): readonly [string, string] {
    const first = wal(log);
    const { records } = readFramedLog(readFileSync(first));
    const second = join(log, `${String(Number.parseInt(basename(first), 10) + 40).padStart(6, "0")}.log`);
    const middle = records.length >> 1;
    writeFileSync(first, framed(records.slice(0, middle)));
    writeFileSync(second, framed(records.slice(middle)));
    return [first, second];
  }

  test("all of them are there", async () => {
    expect(await valuesIn(damagedCopy((log) => void split(log)))).toHaveLength(RECORDS);
  });

  test.each([0, 900, 5_000, 20_000])(
    "the later ones go too when the end of the earlier log is not on the disk, %i bytes of it",
    async (bytes) => {
      const all = await valuesIn(damagedCopy(() => undefined));
      const dir = damagedCopy((log) => {
        const [first] = split(log);
        truncateSync(first, bytes === 0 ? 0 : statSync(first).size - bytes);
      });
      const left = await valuesIn(dir);
      expect(left).toEqual(all.slice(0, left.length));
      expect(left.length).toBeLessThan(RECORDS - 40);
      expect(readdirSync(dir).some((name) => name.startsWith("log-set-aside-"))).toBe(true);
    },
  );

  test("a torn end of the later one costs the last write alone", async () => {
    const dir = damagedCopy((log) => {
      const [, second] = split(log);
      truncateSync(second, statSync(second).size - 100);
    });
    expect(await valuesIn(dir)).toHaveLength(RECORDS - 1);
  });
});
