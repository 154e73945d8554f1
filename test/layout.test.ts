import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { importsIn, importsOf, rings, root, sourcesOf, topFolders, type Import } from "./source-graph.ts";

/** Which room may import which. Types count like values. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  streams: [],
  statistics: [],
  schemas: ["streams"],
  blueprints: ["schemas", "streams"],
  rows: ["blueprints", "schemas", "streams"],
  catalogue: ["blueprints", "schemas", "streams"],
  serving: ["blueprints", "schemas", "streams"],
  operators: ["catalogue", "rows", "serving", "statistics", "blueprints", "schemas", "streams"],
  trainer: ["catalogue", "rows", "serving", "statistics", "blueprints", "schemas", "streams"],
  topologies: ["operators", "catalogue", "schemas", "streams"],
  openfeature: ["client", "schemas", "streams"],
  http: ["openfeature", "client", "catalogue", "blueprints", "schemas", "streams"],
  loop: [
    "http",
    "client",
    "topologies",
    "recompute",
    "operators",
    "trainer",
    "catalogue",
    "rows",
    "serving",
    "blueprints",
    "schemas",
    "streams",
  ],
  recompute: ["operators", "catalogue", "rows", "serving", "statistics", "blueprints", "schemas", "streams"],
  client: ["catalogue", "blueprints", "schemas", "streams"],
  local: ["client", "operators", "catalogue", "serving", "blueprints", "schemas", "streams"],
  browser: ["client", "local", "operators", "serving", "blueprints", "schemas", "streams"],
  cli: [
    "browser",
    "http",
    "client",
    "loop",
    "recompute",
    "topologies",
    "operators",
    "trainer",
    "catalogue",
    "rows",
    "serving",
    "statistics",
    "blueprints",
    "schemas",
    "streams",
  ],
};
/** Inside a room, floor by floor from the ground up. A folder may import its own floor and those below; "." are the files of the room itself. */
const floors: Readonly<Record<string, readonly (readonly string[])[]>> = {
  streams: [
    [".", "backbone", "metrics", "registry", "security", "serde"],
    ["leveldb", "topology"],
    ["state", "request-reply"],
    ["task"],
    ["global"],
    ["runtime"],
    ["test-driver", "client"],
  ],
  blueprints: [
    [".", "config"],
    ["formula"],
    ["values", "yaml"],
    ["features", "tables", "windows"],
    ["labels", "learners", "policy", "posterior"],
    ["exploration", "options"],
    ["episodes"],
    ["read", "sections"],
    ["compare", "suggest", "types"],
  ],
  catalogue: [["."], ["change"], ["blueprints", "models"]],
};
/** Folders that plug into ports of the ground: they import the ground and each other, and nothing imports them but the room's front door. */
const plugged: Readonly<Record<string, { readonly folder: string; readonly may: readonly string[] }>> = {
  streams: { folder: "backbones", may: [".", "backbone", "metrics", "registry", "security", "serde", "leveldb"] },
};
const rooms = Object.keys(arrows);
/** They use the rooms through their front doors, and nobody imports them. */
const outside = ["bench", "examples"];
/** `clients` has clients in other languages. */
const folders = [...rooms, ...outside, "clients", "docs", "package", "test"].sort();

const roomOf = (file: string): string => file.split("/", 1)[0]!;
const linesOf = (file: string): number => readFileSync(join(root, file), "utf8").split("\n").length - 1;
/** The folder of a room that a file is in: "." for those of the room itself. */
const folderOf = (file: string): string => (file.split("/").length === 2 ? "." : file.split("/")[1]!);
const doors = (file: string): readonly string[] => [`${roomOf(file)}/index.ts`, "streams/client/index.ts"];
const told = ({ from, to }: Import): string => `${from} → ${to}`;
const within = (some: readonly string[]): readonly Import[] =>
  some
    .flatMap(sourcesOf)
    .flatMap(importsOf)
    .filter(({ relative }) => relative);
const imports = within(rooms);
const sources = [...rooms, ...outside].flatMap(sourcesOf);
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

  test("another room is entered by its index.ts alone, and the runtime by its door for clients too", () => {
    const wrong = crossing.filter(({ to }) => rooms.includes(roomOf(to)) && !doors(to).includes(to));
    expect(wrong.map(told)).toEqual([]);
  });

  test("inside a room a folder imports its own floor and those below", () => {
    const inner = imports.filter(({ from, to }) => roomOf(from) === roomOf(to) && !from.endsWith("/index.ts"));
    const wrong = inner.filter(({ from, to }) => {
      const some = floors[roomOf(from)];
      if (some === undefined) return false;
      const [low, high] = [to, from].map((file) => some.findIndex((folders) => folders.includes(folderOf(file))));
      const plug = plugged[roomOf(from)];
      if (plug === undefined || (folderOf(from) !== plug.folder && folderOf(to) !== plug.folder)) return low! > high!;
      return folderOf(from) !== plug.folder || ![plug.folder, ...plug.may].includes(folderOf(to));
    });
    expect(wrong.map(told)).toEqual([]);
  });

  test("every folder of a room with floors has its floor", () => {
    for (const [room, some] of Object.entries(floors)) {
      const known = [...some.flat(), plugged[room]?.folder ?? "."];
      expect([...new Set(sourcesOf(room).map(folderOf))].filter((folder) => !known.includes(folder))).toEqual([]);
    }
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

  test("a command is a file of at most 60 lines: its flags and what it asks of the rooms", () => {
    const commands = sourcesOf("cli/commands");
    expect(commands.length).toBeGreaterThan(20);
    expect(commands.filter((file) => linesOf(file) > 60)).toEqual([]);
  });

  test("no file imports itself by way of others", () => {
    const edges = new Map<string, string[]>([...rooms, ...outside].flatMap(sourcesOf).map((file) => [file, []]));
    for (const { from, to } of [...imports, ...within(outside)]) edges.get(from)!.push(to);
    expect(rings(edges)).toEqual([]);
  });

  test("no folder of sources directly holds more than 20 files", () => {
    const byFolder = Map.groupBy(sources, dirname);
    const wrong = [...byFolder].filter(([, files]) => files.length > 20);
    expect(wrong.map(([folder, files]) => `${folder} holds ${files.length}`)).toEqual([]);
  });

  test("no source file is longer than 300 lines", () => {
    const wrong = sources.filter((file) => linesOf(file) > 300);
    expect(wrong.map((file) => `${file} has ${linesOf(file)}`)).toEqual([]);
  });

  test("the runtime without its transports is at most a quarter of the sources", () => {
    const lines = (some: readonly string[]): number => some.reduce((sum, file) => sum + linesOf(file), 0);
    const runtime = sources.filter((file) => roomOf(file) === "streams" && folderOf(file) !== "backbones");
    expect(lines(runtime) / lines(sources)).toBeLessThanOrEqual(0.25);
  });

  test("a relative import names a file, with its ending", () => {
    const wrong = imports.filter(({ to }) => !/\.(ts|cjs|json)$/.test(to));
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
