import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLoopstream, type Loopstream } from "../../../loop/embed/index.ts";
import { connect, settingsOf } from "../../../loop/index.ts";
import { observations } from "../../../schemas/index.ts";
import { Outages, readTopic, Serdes, silent } from "../../../streams/index.ts";
import { temporaryDir } from "../../e2e/command.ts";
import { startLoopstream, type Running } from "../../e2e/running.ts";
import { root } from "../../source-graph.ts";

const reminders = join(root, "examples/reminders.yaml");
const free = { unit: "anna", context: { days_since_visit: 3, plan: "free" } };
let place: ReturnType<typeof temporaryDir>;
let dir: string;
const loops: Running[] = [];
const products: Product[] = [];
beforeEach(() => {
  place = temporaryDir();
  dir = join(place.path, "loop");
});
afterEach(async () => {
  for (const product of products.splice(0)) await product.kill();
  for (const loop of loops.splice(0)) await killed(loop);
  place.remove();
});

async function started(blueprint = reminders): Promise<Running> {
  const loop = startLoopstream(["start", "--json", "--blueprint", blueprint, "--dir", dir]);
  loops.push(loop);
  await loop.says("the loop is running");
  return loop;
}

async function killed(loop: Running): Promise<void> {
  loop.kill();
  await loop.ended();
}

/** A client in another process. */
class Product {
  readonly child: ChildProcess;
  #said = "";

  constructor(name: string, spool?: string) {
    const args = [join(import.meta.dirname, "client-process.ts"), dir, name, ...(spool === undefined ? [] : [spool])];
    this.child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
    this.child.stdout!.setEncoding("utf8").on("data", (text: string) => (this.#said += text));
    products.push(this);
  }

  /** The ids that it said this of. */
  ids(what: string): readonly string[] {
    return [...this.#said.matchAll(new RegExp(`^${what} (\\S+)$`, "gm"))].map((match) => match[1]!);
  }

  async says(what: string, count: number): Promise<void> {
    await expect.poll(() => this.ids(what).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count);
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once("close", resolve));
    this.child.kill("SIGKILL");
    await gone;
  }
}

/** Ids of the observations on their topic. */
async function observed(): Promise<ReadonlySet<string>> {
  const connection = await connect(settingsOf({ dir }), { outages: new Outages(), log: silent, join: true });
  try {
    const ids = new Set<string>();
    const serdes = new Serdes(connection.registry);
    for await (const { value } of readTopic(connection.backbone, serdes, observations)) ids.add(value.observationId);
    return ids;
  } finally {
    await connection.close();
  }
}

test(
  "a client that was suspended while the loop was killed and started again goes on",
  { timeout: 900_000 },
  async () => {
    const first = await started();
    const product = new Product("p");
    await product.says("answered", 20);
    product.child.kill("SIGSTOP");
    await killed(first);
    await delay(1_500);
    await started();
    product.child.kill("SIGCONT");
    const before = product.ids("answered").length;
    await product.says("answered", before + 50);
    product.child.kill("SIGSTOP");
    const told = product.ids("stored");
    expect(product.ids("refused")).toEqual([]);
    const ids = await observed();
    expect(told.filter((id) => !ids.has(id))).toEqual([]);
  },
);

test(
  "a client that is killed while the loop is away leaves its observations to the next one",
  { timeout: 900_000 },
  async () => {
    const spool = join(place.path, "spool");
    const loop = await started();
    const product = new Product("p", spool);
    await product.says("stored", 20);
    await killed(loop);
    await product.says("disk", 100);
    await product.kill();
    const told = [...product.ids("stored"), ...product.ids("disk")];
    await started();
    const next = new Product("q", spool);
    await next.says("stored", 5);
    await expect
      .poll(
        async () => {
          const ids = await observed();
          return told.filter((id) => !ids.has(id));
        },
        { timeout: 900_000 },
      )
      .toEqual([]);
  },
);

test(
  "a socket that was deleted, and another blueprint at the next start: the client is answered by that one",
  { timeout: 900_000 },
  async () => {
    const loop = await started();
    const client: Loopstream = await openLoopstream({ dir, run: false, log: silent });
    try {
      const ask = () => client.getDecision("reminders", free, { default: true });
      await expect.poll(async () => (await ask()).error, { timeout: 20_000 }).toBeNull();
      const { blueprint: former } = await ask();
      rmSync(join(dir, "loopstream.sock"));
      expect(await ask()).toMatchObject({ error: null, blueprint: former });
      await killed(loop);
      const other = join(place.path, "other.yaml");
      writeFileSync(other, readFileSync(reminders, "utf8").replace("0.2", "0.4"));
      await started(other);
      await expect.poll(async () => (await ask()).error, { timeout: 20_000 }).toBeNull();
      expect((await ask()).blueprint).not.toBe(former);
    } finally {
      await client.close();
    }
  },
);

test.each([
  ["only asks", false],
  ["would take over", undefined],
])(
  "a client that %s can be closed while the loop's process is suspended, and says what is left",
  { timeout: 900_000 },
  async (_, run) => {
    const loop = await started();
    const client: Loopstream = await openLoopstream({ dir, run, log: silent });
    expect(client.runsHere).toBe(false);
    loop.send("SIGSTOP");
    expect(await client.logEvent("opened", {}, { timeout: 50 })).toEqual({ ok: true, waits: "memory" });
    expect(await client.close({ timeout: 100 })).toEqual({ lost: 1, spooled: 0 });
  },
);

test("a client that is being closed while the loop's process is suspended and killed ends as well", async () => {
  const loop = await started();
  const client: Loopstream = await openLoopstream({ dir, run: false, log: silent });
  loop.send("SIGSTOP");
  const closing = client.close({ timeout: 100 });
  await delay(500);
  await killed(loop);
  expect(await closing).toEqual({ lost: 0, spooled: 0 });
}, 900_000);
