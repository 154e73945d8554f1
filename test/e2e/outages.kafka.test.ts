import { afterAll, beforeAll, expect, test } from "vitest";
import { streamsLimits } from "../../streams/index.ts";
import { startKafka, type KafkaServer } from "../servers/kafka.ts";
import { startRegistry, type RegistryServer } from "../servers/registry.ts";
import { loopstream, flights, temporaryDir } from "./command.ts";
import { startLoopstream, type Running } from "./running.ts";

// Servers of their own, because they are taken away.
let kafka: KafkaServer;
let registry: RegistryServer;
const dir = temporaryDir();
let at: string[];

beforeAll(async () => {
  [kafka, registry] = await Promise.all([startKafka(), startRegistry()]);
  at = ["--brokers", kafka.brokers, "--registry", registry.url, "--dir", dir.path];
});
afterAll(async () => {
  await Promise.all([kafka.stop(), registry.stop()]);
  dir.remove();
});

async function decided(id: string, loop: Running): Promise<void> {
  const asked = await loopstream([
    ...["decide", "--use-case", "flight-delays", "--unit", "UA1", "--id", id, "--default", "false", "--json"],
    ...["--timeout", "20000", ...at, "carrier=UA", "origin=EWR", "dest=IAH", "distance=1400"],
  ]);
  expect(asked.code, asked.stderr + loop.said()).toBe(0);
  expect(asked.json, loop.said()).toMatchObject({ decisionId: id, reason: "noModel" });
}

async function started(...more: readonly string[]): Promise<Running> {
  const loop = startLoopstream(["start", "--json", ...more, ...at]);
  await loop.says("the loop is running");
  return loop;
}

test(
  "with the broker gone the loop says so, and SIGTERM ends it within the stated time; the next start answers",
  { timeout: 900_000 },
  async () => {
    const first = await started("--blueprint", flights.blueprint);
    await decided("one", first);
    await kafka.kill();
    await first.says("kafka fetch: waiting and trying again");
    first.send("SIGTERM");
    expect((await first.ended()).ms, first.said()).toBeLessThan(streamsLimits.stopMs + 3_000);
    await kafka.restart();
    const second = await started();
    await decided("two", second);
    second.send("SIGTERM");
    expect((await second.ended()).code, second.said()).toBe(0);
  },
);

test("start waits for a broker that comes a little later", { timeout: 900_000 }, async () => {
  await kafka.kill();
  const loop = startLoopstream(["start", "--json", ...at]);
  await loop.says("kafka connection: waiting and trying again");
  await kafka.restart();
  await loop.says("the loop is running");
  loop.send("SIGTERM");
  expect((await loop.ended()).code, loop.said()).toBe(0);
});
