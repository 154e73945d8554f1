import { mkdtemp, rm } from "node:fs/promises";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BlueprintError } from "../../../blueprints/index.ts";
import { openLoopstream, SettingsError, type Loopstream, type LoopstreamOptions } from "../../../loop/embed/index.ts";
import { createMetrics, openShared, type SharedBackbone } from "../../../streams/index.ts";
import { root } from "../../source-graph.ts";
import { recordedLog } from "../../streams/recorded-log.ts";

const text = readFileSync(join(root, "examples/reminders.yaml"), "utf8");
const free = { unit: "anna", context: { days_since_visit: 3, plan: "free" } };
const patient = { default: true, timeout: 20_000 } as const;

let dir: string;
const open: { close(): Promise<unknown> }[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-embed-"));
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  await rm(dir, { recursive: true });
});

async function opened(options: LoopstreamOptions = {}): Promise<Loopstream> {
  const loop = await openLoopstream({ dir, partitions: 2, ...options });
  open.push(loop);
  return loop;
}

/** Decisions of twenty minutes ago, whose rows' wait is over, half of them with an observation. */
async function live(loop: Loopstream, count: number): Promise<void> {
  const time = Date.now() - 20 * 60_000;
  for (let i = 0; i < count; i++) {
    const plan = i % 2 === 0 ? "free" : "paid";
    const request = { decisionId: `d-${i}`, unit: `u-${i}`, context: { days_since_visit: i % 7, plan } };
    await loop.getDecision("reminders", request, { ...patient, time });
    if (plan === "free") await loop.logObservations(`d-${i}`, { kind: "opened" }, { time: time + 60_000 });
  }
  await loop.idle();
}

describe("the loop in a product", () => {
  test(
    "a version that is published is the live one at once: the next training is of it",
    { timeout: 900_000 },
    async () => {
      const loop = await opened({ schedules: false });
      for (let n = 1; n <= 40; n++) {
        const { version } = await loop.publishBlueprint(text.replace("0.2", `0.${n + 10}`));
        const known = await loop.blueprints();
        expect(known.find((each) => each.version === version)).toMatchObject({ state: "live" });
      }
    },
  );

  test("decides, joins and trains, and has its models and blueprints moved by hand", { timeout: 900_000 }, async () => {
    const loop = await opened();
    expect(loop.runsHere).toBe(true);
    const published = await loop.publishBlueprint(text);
    expect(await loop.getDecision("reminders", free, patient)).toMatchObject({
      ...{ value: true, isDefault: true, reason: "noModel", error: null, blueprint: published.version },
    });
    await live(loop, 120);
    const rows = [];
    for await (const row of loop.rows("reminders", { to: Date.now() - 60_000 })) rows.push(row);
    expect(rows).toHaveLength(120);
    expect(rows.filter(({ label }) => label === 1)).toHaveLength(60);

    const trained = await loop.train("reminders");
    expect(trained).toMatchObject({ kind: "trained", promoted: true });
    const [model] = await loop.models("reminders");
    expect(await loop.models("parcels")).toEqual([]);
    await loop.idle();
    const decided = await loop.getDecision("reminders", free, patient);
    expect(decided).toMatchObject({ value: true, isDefault: false, reason: "exploit", modelId: model!.modelId });

    expect((await loop.withdraw(model!.modelId, "too many")).states.at(-1)).toMatchObject({ reason: "too many" });
    await loop.idle();
    expect(await loop.getDecision("reminders", free, patient)).toMatchObject({ reason: "noModel" });
    await loop.promote(model!.modelId);
    await loop.idle();
    expect(await loop.getDecision("reminders", free, patient)).toMatchObject({ reason: "exploit" });

    await loop.withdrawBlueprint("reminders", published.version);
    expect((await loop.blueprints()).map(({ state }) => state)).toEqual(["withdrawn"]);
    await expect.poll(async () => (await loop.getDecision("reminders", free, patient)).reason).toBe("error");
  });

  test("a deferred decision has a row once it is activated, from that time on", async () => {
    const loop = await opened();
    await loop.publishBlueprint(text);
    const time = Date.now() - 20 * 60_000;
    for (const decisionId of ["seen", "late", "never"]) {
      await loop.getDecision("reminders", { ...free, decisionId, deferred: true }, { ...patient, time });
      await loop.logObservations(decisionId, { kind: "opened" }, { time: time + 60_000 });
    }
    expect(await loop.activate("seen", { time: time + 30_000 })).toEqual({ ok: true });
    await loop.idle();
    const late = Date.now() - 60_000;
    await loop.activate("late", { useCase: "reminders", time: late });
    await loop.idle();
    const rowsOf = async (asOf?: number): Promise<readonly unknown[]> => {
      const found = [];
      for await (const { decisionId, rowTime, label } of loop.rows("reminders", { asOf }))
        found.push([decisionId, rowTime, label]);
      return found;
    };
    const seen = ["seen", expect.any(Number), 1];
    expect(await rowsOf()).toEqual([["late", late, 1], seen]);
    expect(await rowsOf(late - 1)).toEqual([seen]);
  });

  test("a version that is published answers from then on, for the first and for the next one", async () => {
    const loop = await opened();
    for (const threshold of ["0.3", "0.4"]) {
      const { version } = await loop.publishBlueprint(text.replace("0.2", threshold));
      const { blueprint, error } = await loop.getDecision("reminders", free, patient);
      expect({ blueprint, error }).toEqual({ blueprint: version, error: null });
    }
    const stored = await loop.publishBlueprint(text, { live: false });
    expect(stored.liveAfter).toBeNull();
    expect((await loop.getDecision("reminders", free, patient)).blueprint).not.toBe(stored.version);
  });

  test("a blueprint with a mistake is refused with its line, and rows of a use case that is not there by its name", async () => {
    const loop = await opened();
    await expect(loop.publishBlueprint(text.replace("number", "nummer"))).rejects.toThrow(BlueprintError);
    const rows = loop.rows("reminder")[Symbol.asyncIterator]().next();
    await expect(rows).rejects.toMatchObject({ code: "UNKNOWN_USE_CASE" });
    await expect(rows).rejects.toThrow('unknown use case "reminder": known are none');
    await expect(loop.train("reminder")).rejects.toThrow('unknown use case "reminder"');
    await expect(loop.withdraw("0123")).rejects.toThrow("there is no model 0123");
  });

  test("once it is closed a decision is the default, and nothing is stored; to close it twice is to close it once", async () => {
    const loop = await openLoopstream({ dir });
    await loop.close();
    await loop[Symbol.asyncDispose]();
    expect(loop.runsHere).toBe(false);
    expect(await loop.getDecision("reminders", free, { default: false })).toMatchObject({
      ...{ value: false, isDefault: true, reason: "error", error: "this loop is closed: open another one" },
    });
    expect(await loop.logEvent("visit", {})).toMatchObject({ ok: false });
    expect(await loop.logObservations("d", { kind: "opened" }, { observationId: "o" })).toMatchObject({
      ...{ ok: false, observationId: "o" },
    });
    await expect(loop.publishBlueprint(text)).rejects.toMatchObject({ code: "CLOSED" });
    await expect(loop.getDecision("reminders", free, { throwOnError: true })).rejects.toMatchObject({ code: "CLOSED" });
  });

  test("its metrics are the caller's, and on a port", async () => {
    const metrics = createMetrics();
    const loop = await opened({ metrics });
    await loop.publishBlueprint(text);
    await loop.getDecision("reminders", free, patient);
    expect(await metrics.registry.getSingleMetricAsString("loopstream_records_handled_total")).toContain("decide");
  });
});

test("a client alone refuses a folder that does not exist by its name, and does not make it", async () => {
  const mistyped = join(dir, "mistyped");
  const opening = openLoopstream({ dir: mistyped, run: false });
  await expect(opening).rejects.toThrow(SettingsError);
  await expect(opening).rejects.toThrow(`dir ${mistyped}: there is no such folder`);
  expect(existsSync(mistyped)).toBe(false);
});

test("a client alone refuses a folder that holds other things and no log, and a file", async () => {
  writeFileSync(join(dir, "notes.txt"), "");
  await expect(openLoopstream({ dir, run: false })).rejects.toThrow(`dir ${dir}: there is no log in this folder`);
  const file = join(dir, "notes.txt");
  await expect(openLoopstream({ dir: file, run: false })).rejects.toThrow(`dir ${file}: that is no folder`);
  expect(existsSync(join(dir, "log"))).toBe(false);
});

describe("a folder that is open already", () => {
  test("a second opener works through the first, and takes over when that one ends", { timeout: 900_000 }, async () => {
    const first = await openLoopstream({ dir, partitions: 2 });
    const { version } = await first.publishBlueprint(text);
    const { log, lines } = recordedLog();
    const second = await opened({ log });
    expect([first.runsHere, second.runsHere]).toEqual([true, false]);
    const request = { ...free, decisionId: "d-1" };
    expect(await second.getDecision("reminders", request, patient)).toMatchObject({ blueprint: version, error: null });
    await expect(second.idle()).rejects.toMatchObject({ code: "BACKBONE_LOCKED" });
    expect((await second.blueprints()).map(({ state }) => state)).toEqual(["live"]);
    const next = await second.publishBlueprint(text.replace("0.2", "0.3"));
    expect(await first.getDecision("reminders", free, patient)).toMatchObject({ blueprint: next.version });

    await first.close();
    const after = await second.getDecision("reminders", { ...free, decisionId: "d-2" }, patient);
    expect(after).toMatchObject({ blueprint: next.version, error: null });
    expect(second.runsHere).toBe(true);
    expect(await second.getDecision("reminders", request, patient)).toMatchObject({ blueprint: version, error: null });
    expect(lines.filter(({ level }) => level === "error")).toEqual([]);
  });

  test("it is taken over while nobody calls", { timeout: 900_000 }, async () => {
    const first = await openLoopstream({ dir });
    const second = await opened();
    await first.close();
    await expect.poll(() => second.runsHere, { timeout: 20_000 }).toBe(true);
  });

  test(
    "what is asked while another takes over waits for it, as long as its timeout",
    { timeout: 900_000 },
    async () => {
      const first = await openLoopstream({ dir, partitions: 2 });
      await first.publishBlueprint(text);
      const second = await opened();
      const asked = Array.from({ length: 200 }, (_, i) => i);
      const closing = first.close();
      const answers = await Promise.all(
        asked.map(async (i) => {
          await new Promise((resolve) => setTimeout(resolve, i));
          const { decisionId, error } = await second.getDecision(
            "reminders",
            { ...free, decisionId: `d-${i}` },
            patient,
          );
          const stored = await second.logObservations(decisionId, { kind: "opened" });
          return { error, stored: stored.ok };
        }),
      );
      await closing;
      expect(answers.filter(({ error, stored }) => error !== null || !stored)).toEqual([]);
    },
  );

  test("a process that has it open and runs no loop is waited for, and its end is the beginning of this one's", async () => {
    const holder: SharedBackbone = await openShared(dir);
    let isOpen = false;
    const opening = opened().then((loop) => {
      isOpen = true;
      return loop;
    });
    await expect.poll(() => holder.backbone.topics(), { timeout: 10_000 }).toContain("decisions");
    expect(isOpen).toBe(false);
    await holder.close();
    expect((await opening).runsHere).toBe(true);
  });

  test("who only talks never opens the log: it waits for the process that runs the loop, and works through it", async () => {
    const { log, lines } = recordedLog();
    const opening = opened({ run: false, log });
    await expect
      .poll(() => lines.map(({ message }) => message))
      .toContainEqual(expect.stringMatching(/^start: waiting and trying again: /));
    expect(existsSync(join(dir, "log"))).toBe(false);
    const first = await opened();
    const { version } = await first.publishBlueprint(text);
    const loop = await opening;
    expect(loop.runsHere).toBe(false);
    expect(await loop.getDecision("reminders", free, patient)).toMatchObject({ blueprint: version, error: null });
  });
});

describe("what a product says of its loop", () => {
  test.each<[object, string]>([
    [{ brokers: ["localhost:9092"] }, "no schema registry: add registry"],
    [{ partitions: 0 }, "partitions 0: write a whole number above 0"],
    [{ broker: ["localhost:9092"] }, 'there is no option "broker": did you mean brokers?'],
    [{ config: "/nowhere/loopstream.yaml" }, "/nowhere/loopstream.yaml: there is no such file"],
  ])("%j is refused before anything is opened", async (options, message) => {
    await expect(openLoopstream({ dir, ...options })).rejects.toThrow(message);
    await expect(openLoopstream({ dir, ...options })).rejects.toThrow(SettingsError);
  });

  test("a settings file is read where it is named, and what is said beside it comes first", async () => {
    const config = join(dir, "settings.yaml");
    writeFileSync(config, `dir: ${join(dir, "other")}\npartitions: 3\nsalt: pepper\n`);
    const { log, lines } = recordedLog();
    await opened({ config, dir: undefined, log });
    expect(lines[0]).toMatchObject({ message: "connecting", fields: { dir: join(dir, "other") } });
    await opened({ config, log });
    expect(lines.findLast(({ message }) => message === "connecting")).toMatchObject({ fields: { dir } });
  });

  test("a signal ends the wait for brokers that are not there, with its reason", async () => {
    const registry = "http://127.0.0.1:1";
    const signal = AbortSignal.timeout(300);
    const { log } = recordedLog();
    const opening = openLoopstream({ dir, brokers: ["127.0.0.1:1"], registry, signal, log });
    await expect(opening).rejects.toMatchObject({ name: "TimeoutError" });
  });
});
