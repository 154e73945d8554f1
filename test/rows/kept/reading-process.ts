/** `node reading-process.ts <log> <folder> <blueprint>`: reads all rows three times with kept rows, and prints what it found. */
import { compileBlueprint } from "../../../blueprints/index.ts";
import { validBlueprints } from "../../../catalogue/index.ts";
import { openTools } from "../../../loop/index.ts";
import { readRows } from "../../../rows/index.ts";
import { openShared } from "../../../streams/index.ts";
import { HOUR, START } from "../../trainer/parcel-rows.ts";
import { CHUNK, figuresOf } from "./figures.ts";

const [dir, folder, text] = process.argv.slice(2) as [string, string, string];
const { backbone, registry, close } = await openShared(dir);
const tools = await openTools({ backbone, registry, partitions: 2, codeVersion: "test" });
const compiled = compileBlueprint(text);
const known = validBlueprints((await tools.tables()).blueprints);
const keep = { folder, mostBytes: 1 << 30, codeVersion: "test", chunkRecords: CHUNK };
console.log("reading");
for (let round = 0; round < 3; round++) {
  const read = await readRows(backbone, tools.serdes, compiled, known, START + 10_000 * HOUR, {
    ...{ packed: true, most: compiled.blueprint.training.maxRows, keep },
  });
  console.log(JSON.stringify(figuresOf(compiled, read)));
}
await tools.close();
await close();
