import { describe, expect, test } from "vitest";
import { importsIn, importsOf, rings, sourcesOf, topFolders, type Import } from "./source-graph.ts";

/** Which room may import which. Types count like values. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  streams: [],
  schemas: ["streams"],
  blueprints: ["schemas", "streams"],
  serving: ["schemas", "streams"],
  operators: ["blueprints", "schemas", "streams", "serving"],
  trainer: ["blueprints", "schemas", "streams", "serving"],
  topologies: ["operators", "trainer", "blueprints", "schemas", "streams", "serving"],
  recompute: ["operators", "blueprints", "schemas", "streams", "serving"],
  client: ["blueprints", "schemas", "streams"],
  cli: ["client", "topologies", "recompute", "operators", "trainer", "blueprints", "schemas", "streams", "serving"],
};
const rooms = Object.keys(arrows);
/** They use the rooms through their front doors, and nobody imports them. */
const outside = ["bench", "examples"];
const folders = [...rooms, ...outside, "docs", "test"].sort();

const roomOf = (file: string): string => file.split("/", 1)[0]!;
const told = ({ from, to }: Import): string => `${from} → ${to}`;
const within = (some: readonly string[]): readonly Import[] =>
  some
    .flatMap(sourcesOf)
    .flatMap(importsOf)
    .filter(({ relative }) => relative);
const imports = within(rooms);
const crossing = [...imports, ...within(outside)].filter(({ from, to }) => roomOf(from) !== roomOf(to));

describe("the layout", () => {
  test("the top-level folders are the known ones", () => {
    expect(topFolders()).toEqual(folders);
  });

  test("rooms import only the rooms that the arrows allow, types included", () => {
    const wrong = imports.filter(
      ({ from, to }) => roomOf(from) !== roomOf(to) && !arrows[roomOf(from)]!.includes(roomOf(to)),
    );
    expect(wrong.map(told)).toEqual([]);
  });

  test("another room is entered by its index.ts alone", () => {
    const wrong = crossing.filter(({ to }) => rooms.includes(roomOf(to)) && to !== `${roomOf(to)}/index.ts`);
    expect(wrong.map(told)).toEqual([]);
  });

  test("benchmarks and examples import rooms, not each other nor tests, but for the servers a benchmark runs on", () => {
    const wrong = within(outside).filter(
      ({ from, to }) => ![...rooms, roomOf(from)].includes(roomOf(to)) && !to.startsWith("test/servers/"),
    );
    expect(wrong.map(told)).toEqual([]);
  });

  test("operators meet in topics: none imports another, but all may read the globals", () => {
    const part = (file: string): string => file.split("/")[1]!;
    const wrong = imports.filter(
      ({ from, to }) =>
        from.startsWith("operators/") &&
        from !== "operators/index.ts" &&
        to.startsWith("operators/") &&
        part(from) !== part(to) &&
        (part(from) === "globals" || to !== "operators/globals/index.ts"),
    );
    expect(wrong.map(told)).toEqual([]);
  });

  test("no file imports itself by way of others", () => {
    const edges = new Map<string, string[]>([...rooms, ...outside].flatMap(sourcesOf).map((file) => [file, []]));
    for (const { from, to } of [...imports, ...within(outside)]) edges.get(from)!.push(to);
    expect(rings(edges)).toEqual([]);
  });

  test("a relative import names a file, with its ending", () => {
    const wrong = imports.filter(({ to }) => !/\.(ts|cjs)$/.test(to));
    expect(wrong.map(told)).toEqual([]);
  });
});

describe("what the layout is held by", () => {
  test("sees values, types, re-exports, dynamic imports and workers", () => {
    const text = [
      `import { a } from "./a.ts";`,
      `import type { B } from "../b/index.ts";`,
      `export * from "./c.ts";`,
      `export type { D } from "./d.ts";`,
      `const e = await import("./e.ts");`,
      `const f: import("./f.ts").F = new Worker(new URL("./g.ts", import.meta.url));`,
      `import avro from "avsc";`,
    ].join("\n");
    const found = importsIn("room/folder/file.ts", text);
    expect(found.filter(({ relative }) => relative).map(({ to }) => to)).toEqual(
      expect.arrayContaining(["room/folder/a.ts", "room/b/index.ts", "room/folder/c.ts", "room/folder/d.ts"]),
    );
    expect(found.map(({ to }) => to)).toEqual(
      expect.arrayContaining(["room/folder/e.ts", "room/folder/f.ts", "room/folder/g.ts", "avsc"]),
    );
  });

  test("finds a ring of three and a file that imports itself, and nothing else", () => {
    const edges = new Map([
      ["a", ["b", "d"]],
      ["b", ["c"]],
      ["c", ["a"]],
      ["d", ["e"]],
      ["e", []],
      ["f", ["f"]],
    ]);
    expect(rings(edges)).toEqual([["a", "b", "c"], ["f"]]);
  });
});
