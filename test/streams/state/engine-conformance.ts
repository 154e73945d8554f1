import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StateDatabase, StateEngine } from "../../../streams/state/engine.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (found: Uint8Array | undefined): string | undefined => found && Buffer.from(found).toString();

/** A key, by every way the engine has; they agree. */
async function readFrom(database: StateDatabase, key: string): Promise<Uint8Array | undefined> {
  const [found] = await database.getMany([key]);
  if (database.get !== undefined) expect(database.get(key)).toEqual(found);
  return found;
}

/** What `streams/state/engine.ts` promises, of any engine. `durable` engines keep their content when opened again by another engine. */
export function engineConformance(
  name: string,
  open: () => Promise<{ readonly engine: StateEngine; again(): StateEngine; close(): Promise<void> }>,
): void {
  describe(`${name} as a state engine`, () => {
    let place: Awaited<ReturnType<typeof open>>;
    let database: StateDatabase;
    beforeEach(async () => {
      place = await open();
      database = await place.engine.open("task-0");
    });
    afterEach(async () => {
      await database.close();
      await place.close();
    });
    const read = (key: string): Promise<Uint8Array | undefined> => readFrom(database, key);
    const keys = async (from: string, to: string, limit?: number): Promise<string[]> =>
      (await database.range(from, to, limit)).map(([key]) => key);

    test("gives back what was written, and nothing for what was not", async () => {
      await database.write([
        ["a", bytes("1")],
        ["empty", new Uint8Array(0)],
      ]);
      expect(text(await read("a"))).toBe("1");
      expect((await read("empty"))?.length).toBe(0);
      expect(await read("b")).toBeUndefined();
    });

    test("the last change of a key in a write counts, and null deletes", async () => {
      await database.write([
        ["a", bytes("1")],
        ["a", bytes("2")],
        ["b", bytes("1")],
        ["b", null],
      ]);
      expect(text(await read("a"))).toBe("2");
      expect(await read("b")).toBeUndefined();
      await database.write([
        ["a", null],
        ["never", null],
      ]);
      expect(await read("a")).toBeUndefined();
    });

    test("getMany answers in the order of the question, with gaps", async () => {
      await database.write([
        ["a", bytes("1")],
        ["c", bytes("3")],
      ]);
      expect((await database.getMany(["c", "b", "a", "c"])).map(text)).toEqual(["3", undefined, "1", "3"]);
      expect(await database.getMany([])).toEqual([]);
    });

    test("ranges ascend by the keys' UTF-8 bytes, from inclusive, to exclusive, at most the limit", async () => {
      const all = ["\u0001x", "a", "a\0", "a\0b", "b", "é", "\uffee", "𝒳"];
      await database.write(all.toReversed().map((key) => [key, bytes(key)] as const));
      expect(await keys("", "\u{10ffff}")).toEqual(all);
      expect(await keys("a", "b")).toEqual(["a", "a\0", "a\0b"]);
      expect(await keys("a\0", "\u{10ffff}", 2)).toEqual(["a\0", "a\0b"]);
      expect(await keys("b", "b")).toEqual([]);
    });

    test("a range is as of its call, whatever is written meanwhile", async () => {
      await database.write([
        ["a", bytes("1")],
        ["b", bytes("1")],
      ]);
      const reading = database.range("", "z");
      await database.write([
        ["a", bytes("2")],
        ["b", null],
        ["c", bytes("1")],
      ]);
      expect((await reading).map(([key, value]) => [key, text(value)])).toEqual([
        ["a", "1"],
        ["b", "1"],
      ]);
    });

    test("deleteRange deletes the range and no more", async () => {
      await database.write(["a", "b", "ba", "c", "d"].map((key) => [key, bytes(key)] as const));
      await database.deleteRange("b", "c");
      expect(await keys("", "z")).toEqual(["a", "c", "d"]);
    });

    test("two names are two databases, and a destroyed one is empty", async () => {
      const other = await place.engine.open("task-1");
      await database.write([["a", bytes("0")]]);
      await other.write([["a", bytes("1")]]);
      expect(text(await read("a"))).toBe("0");
      await other.close();
      await place.engine.destroy("task-1");
      const again = await place.engine.open("task-1");
      expect(await readFrom(again, "a")).toBeUndefined();
      await again.close();
    });

    test("what was written is there when it is opened again", async () => {
      await database.write([
        ["a", bytes("1")],
        ["b", bytes("2")],
      ]);
      await database.write([["b", null]]);
      await database.close();
      database = await place.again().open("task-0");
      expect(text(await read("a"))).toBe("1");
      expect(await read("b")).toBeUndefined();
    });

    test("a changed value does not reach what was read before", async () => {
      await database.write([["a", bytes("1")]]);
      const before = await read("a");
      await database.write([["a", bytes("2")]]);
      expect(text(before)).toBe("1");
    });
  });
}
