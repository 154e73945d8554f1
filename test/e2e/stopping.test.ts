import { createServer, type Server } from "node:net";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { flights, loopstream, temporaryDir } from "./command.ts";
import { startLoopstream, type Running } from "./running.ts";
import { eventually } from "../eventually.ts";

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
});

function newDir(): string {
  const dir = temporaryDir();
  cleanUps.push(() => dir.remove());
  return dir.path;
}

function started(args: readonly string[]): Running {
  const running = startLoopstream(args);
  cleanUps.push(() => running.kill());
  return running;
}

/** A port of this machine; with `answer` connections to it are taken and never answered. */
async function port({ silent }: { readonly silent: boolean }): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: found } = server.address() as { port: number };
  if (silent) cleanUps.push(() => server.close());
  else await new Promise((resolve) => server.close(resolve));
  return found;
}

const SOON = 8_000;

test.each([
  { broker: "that nobody answers for", silent: false },
  { broker: "that never answers", silent: true },
])("start waits visibly for a broker $broker, and SIGTERM ends it meanwhile", async ({ silent }) => {
  const brokers = `127.0.0.1:${await port({ silent })}`;
  const at = ["--brokers", brokers, "--registry", "http://127.0.0.1:1", "--dir", newDir()];
  const loop = started(["start", "--json", ...at]);
  if (silent) await loop.says("connecting");
  else await loop.says("kafka connection: waiting and trying again");
  loop.send("SIGTERM");
  const { code, ms } = await loop.ended();
  expect(code, loop.said()).toBe(0);
  expect(ms).toBeLessThan(SOON);
});

test("a second signal ends the process at once", async () => {
  const at = ["--brokers", `127.0.0.1:${await port({ silent: false })}`, "--registry", "http://127.0.0.1:1"];
  const loop = started(["start", "--json", ...at, "--dir", newDir()]);
  await loop.says("kafka connection: waiting and trying again");
  loop.send("SIGINT");
  await loop.says("stopped before the loop was running");
  loop.send("SIGTERM");
  const { code, ms } = await loop.ended();
  expect(code).toBe(128 + 15);
  expect(ms).toBeLessThan(1_000);
});

test("start that fails exits: with a metrics port that is taken, and says so", async () => {
  const taken = await port({ silent: true });
  const loop = started(["start", "--json", "--dir", newDir(), "--metrics", String(taken)]);
  const { code, ms } = await loop.ended();
  expect(code).toBe(2);
  expect(loop.said()).toContain(`--metrics ${taken}`);
  expect(ms).toBeLessThan(SOON);
});

test("start that fails exits: with a blueprint whose rows can't stand beside the older ones", async () => {
  const dir = newDir();
  const text = readFileSync(flights.blueprint, "utf8");
  const other = join(dir, "other.yaml");
  writeFileSync(other, text.replace("  - distance\n", "").replace("distance: number", "distance: category"));
  const published = await loopstream(["blueprint", "publish", flights.blueprint, "--dir", dir]);
  expect(published.code, published.stderr).toBe(0);
  writeFileSync(other, text.replace("distance: number", "distance: category"));
  const loop = started(["start", "--json", "--dir", dir, "--blueprint", other]);
  const { code, ms } = await loop.ended();
  expect(code, loop.said()).toBe(2);
  expect(ms).toBeLessThan(SOON);
});

test("a replay ends with what to do when the process that has the log goes away", { timeout: 900_000 }, async () => {
  const dir = newDir();
  const until = (path: string, column: string): string => {
    const [head, ...lines] = gunzipSync(readFileSync(path)).toString().trimEnd().split("\n");
    const at = head!.split(",").indexOf(column);
    return [head, ...lines.filter((line) => line.split(",")[at]! < "2013-01-03")].join("\n") + "\n";
  };
  writeFileSync(join(dir, "decisions.csv"), until(flights.decisions, "decision_ts"));
  writeFileSync(join(dir, "observations.csv"), until(flights.observations, "event_ts"));
  const files = ["--decisions", join(dir, "decisions.csv"), "--observations", join(dir, "observations.csv")];
  const useCase = ["--use-case", "flight-delays", "--dir", dir];
  await loopstream(["blueprint", "publish", flights.blueprint, "--dir", dir]);
  const imported = await loopstream(["import", ...useCase, "--unit", "carrier+flight", ...files]);
  expect(imported.code, imported.stderr).toBe(0);
  const holder = started(["start", "--json", "--dir", dir]);
  await holder.says("the loop is running");
  const replay = started(["replay", ...useCase, "--json", "--pace", "0.2", "--step", "1h"]);
  // Its tasks have opened their state: it is among its steps.
  const states = (): string[] =>
    existsSync(join(dir, "replays")) ? (readdirSync(join(dir, "replays"), { recursive: true }) as string[]) : [];
  const running = (): void => expect(states().filter((name) => name.endsWith("enrich-infer-decide-0"))).not.toEqual([]);
  await eventually(running, { timeout: 20_000, interval: 20 });
  holder.kill();
  const { code, ms } = await replay.ended();
  expect(code, replay.said()).toBe(3);
  expect(replay.said()).toMatch(/the process that had .* open has stopped: start it, or run the command again/);
  expect(ms).toBeLessThan(SOON);
});
