import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileTables } from "../../../../cli/files/index.ts";
import type { HistoryRow } from "../../../../loop/index.ts";
import { newDir } from "../../../streams/backbones/local/new-dir.ts";

test("a reading of some columns has the same lines with these columns alone", async () => {
  const { path: dir, remove } = await newDir();
  const path = join(dir, "d.csv");
  const lines = ["id,a,b,12,c", "1,x,,7,z", '2,"p,q",r,,""', "3,only", "", '4,"open', "5,v,w,8,", ",,,,"];
  writeFileSync(path, `${lines.join("\n")}\n`);
  const table = fileTables({ decisions: path }).decisions!;
  const read = async (wanted?: ReadonlySet<string>): Promise<readonly HistoryRow[]> => {
    const rows: HistoryRow[] = [];
    for await (const run of table.runs!(wanted)) rows.push(...run);
    return rows;
  };
  const each: HistoryRow[] = [];
  for await (const row of table.lines()) each.push(row);
  const whole = await read();
  expect(whole).toEqual(each);
  expect(whole[1]).toEqual({ line: 3, values: { id: "2", a: "p,q", b: "r", 12: null, c: null } });
  for (const wanted of [["id"], ["c", "id"], ["12", "a"], ["none"], []]) {
    const some = await read(new Set(wanted));
    expect(some).toEqual(
      whole.map((row) =>
        "problem" in row
          ? row
          : {
              ...row,
              values: Object.fromEntries(Object.entries(row.values).filter(([name]) => wanted.includes(name))),
            },
      ),
    );
  }
  await remove();
});
