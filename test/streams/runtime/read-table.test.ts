import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  createEmbeddedBackbone,
  defineTopic,
  Publisher,
  readTable,
  Serdes,
  type Backbone,
  type EmbeddedBackbone,
} from "../../../streams/index.ts";

interface Named {
  readonly name: string;
}

const named = defineTopic<Named>({
  name: "named",
  schema: { type: "record", name: "Named", fields: [{ name: "name", type: "string" }] } as never,
  cleanup: "compact",
  partitions: 1,
});

let dir: string;
let backbone: EmbeddedBackbone;
let serdes: Serdes;
let publisher: Publisher;

async function open(): Promise<void> {
  backbone = await createEmbeddedBackbone({ dir });
  serdes = new Serdes(backbone.registry);
  publisher = await Publisher.open(backbone, serdes, 1);
}
async function close(): Promise<void> {
  await publisher.close();
  await backbone.close();
}
const put = (key: string, name: string): Promise<void> =>
  publisher.publish([{ topic: named, key, value: { name }, time: 1 }]);

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-read-table-"));
  await open();
});
afterEach(async () => {
  await close();
  await rm(dir, { recursive: true });
});

/** The backbone, on which this happens whenever a reader is opened: after the reader has asked for the ends, before it reads. */
function whileReading(happens: () => Promise<void>): Backbone {
  return new Proxy<Backbone>(backbone, {
    get(target, name: keyof Backbone) {
      if (name === "reader") {
        return async (...given: Parameters<Backbone["reader"]>) => {
          await happens();
          return target.reader(...given);
        };
      }
      const value: unknown = target[name];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

test("a table has every key whose record is replaced while the table is read", async () => {
  await put("a", "first");
  await put("b", "first");
  // Records are read from the disk then, from which the replaced one has gone.
  await close();
  await open();
  let times = 0;
  const table = await readTable(
    whileReading(async () => {
      if (times++ < 3) await put("a", `again ${times}`);
    }),
    serdes,
    named,
  );
  expect([table.get("a"), table.get("b")]).toEqual([{ name: "again 3" }, { name: "first" }]);
});

test("each record of a table is shown once", async () => {
  await put("a", "first");
  await close();
  await open();
  let times = 0;
  const shown: number[] = [];
  const writing = whileReading(async () => {
    if (times++ === 0) await put("b", "new");
  });
  await readTable(writing, serdes, named, ({ offset }) => shown.push(offset));
  expect(shown).toEqual([0, 1]);
});

test("the table of a topic that is not there is empty", async () => {
  expect([...(await readTable(backbone, serdes, named)).values()]).toEqual([]);
});
