import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { seeded } from "../chaos/random.ts";
import { temporaryDir } from "../e2e/command.ts";
import { startKafka, type KafkaServer } from "../servers/kafka.ts";
import { startRegistry, type RegistryServer } from "../servers/registry.ts";
import { forms, writeForm } from "./forms.ts";
import { importFiles, importKilled, openShop, replayed, rowsOf, whileRunning, type Row, type Shop } from "./ways.ts";
import { pick, pieces, worldOf, type World } from "./world.ts";

const COUNT = 120;
const HOUR = 3_600_000;
const TIMEOUT = 300_000;
const SEED = Number(process.env["HISTORY_SEEDS"] ?? 6);

const dir = temporaryDir();
const random = seeded(SEED);
const world = worldOf(random, COUNT);
let truth: readonly Row[] | undefined;
let kafka: KafkaServer;
let registry: RegistryServer;
let shops = 0;

beforeAll(async () => {
  registry = await startRegistry();
});
beforeEach(async () => {
  kafka = await startKafka();
});
afterEach(() => kafka.stop());
afterAll(async () => {
  await registry.stop();
  dir.remove();
});

const write = (of: World = world) => writeForm(pick(random, forms), of, random, dir.path, `files-${shops}`);
const onKafka = (): Promise<Shop> =>
  openShop(join(dir.path, `shop-${++shops}`), ["--brokers", kafka.brokers, "--registry", registry.url]);

/** What the embedded log makes of the same. */
async function expected(): Promise<readonly Row[]> {
  if (truth !== undefined) return truth;
  const shop = await openShop(join(dir.path, "truth"));
  await importFiles(shop, await writeForm("csv", world, random, dir.path, "truth"));
  return (truth = await rowsOf(shop));
}

test(
  "imported with a loop of its own, in pieces, the rows are those of the embedded log",
  { timeout: TIMEOUT },
  async () => {
    const shop = await onKafka();
    for (const piece of pieces(world, 2, 5 * HOUR)) await importFiles(shop, await write(piece), ["--run"]);
    expect(await rowsOf(shop)).toEqual(await expected());
    expect(await replayed(shop)).toEqual(truth);
  },
);

test("killed, and killed again, the import makes the same rows", { timeout: TIMEOUT }, async () => {
  const shop = await onKafka();
  const kills = Array.from({ length: 4 }, () => 600 + Math.floor(random() * 3_000));
  await importKilled(shop, await write(), kills, ["--run"]);
  expect(await rowsOf(shop)).toEqual(await expected());
});

test(
  "published before the loop starts, and killed meanwhile, it makes the same rows",
  { timeout: TIMEOUT },
  async () => {
    const shop = await onKafka();
    await importKilled(shop, await write(), [1_500, 2_500]);
    expect(await whileRunning(shop, COUNT, () => Promise.resolve())).toEqual(await expected());
    expect(await replayed(shop)).toEqual(truth);
  },
);

test("published while the loop runs it makes the same rows", { timeout: TIMEOUT }, async () => {
  const shop = await onKafka();
  const files = await write();
  expect(await whileRunning(shop, COUNT, () => importFiles(shop, files))).toEqual(await expected());
  expect(await replayed(shop)).toEqual(truth);
});
