import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseBlueprint } from "../../../../blueprints/index.ts";
import { decisions } from "../../../../schemas/index.ts";
import { prefixed, readTopic } from "../../../../streams/index.ts";
import { replay, storeBlueprint } from "../../../../loop/index.ts";
import { newDir } from "../../../streams/backbones/local/new-dir.ts";
import { at, SHOP } from "../shop.ts";
import { embeddedLoop, importInto } from "../shop-log.ts";

const folder = await newDir();
afterAll(() => folder.remove());

/** Declares what the files had all along: of each type one, and a part of the unit. */
const LATER = SHOP.replace(
  "store: key",
  "store: key, gate: category, weight: number, member: boolean, city: category",
).replace("features:\n", "features:\n  - gate\n  - weight\n  - member\n  - city\n");

test("a version that declares columns later finds them in what was imported before, by their types", async () => {
  const { loop, registry, close } = await embeddedLoop(join(folder.path, "log"));
  const file = join(folder.path, "d.csv");
  const header = "decision_id,decision_ts,price,store,gate,weight,member,city,street,note";
  writeFileSync(
    file,
    [header, `d0,${at(0)},1,S1,0042,1.50,Yes,Brno,A,x`, `d1,${at(15)},2,S2,12E4,,off,Oslo,B,`, ""].join("\n"),
  );
  const said: string[] = [];
  const more = { columns: { unit: "city+street" }, say: (line: string) => void said.push(line) };
  const { counts } = await importInto(loop, { decisions: file }, more);
  expect(counts).toMatchObject({ decisions: 2, badLines: 0 });
  expect(said.filter((line) => line.includes("knows no column")).map((line) => line.split(" ").at(-1))).toEqual([
    ...["gate", "weight", "member", "note"],
  ]);
  await storeBlueprint(loop, LATER);
  const later = parseBlueprint(LATER);
  const result = await replay({
    ...{ backbone: loop.backbone, registry, stateEngine: "leveldb", partitions: 2 },
    ...{ commitIntervalMs: 0, salt: "s", dir: join(folder.path, "replays"), stepMs: 86_400_000, latenessMs: 3_600_000 },
    request: { useCase: "shop", blueprintVersion: later.version },
  });
  expect(result!.missing).toEqual([]);
  const found = new Map<string, unknown>();
  const made = prefixed(loop.backbone, `${result!.replay}-`);
  for await (const { key, value } of readTopic(made, loop.serdes, decisions))
    found.set(key, value.features.slice(0, 5));
  expect(Object.fromEntries(found)).toEqual({ d0: ["0042", 1.5, 1, "Brno", 1], d1: ["12E4", null, 0, "Oslo", 2] });
  await close();
});
