import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { expect, test } from "vitest";
import { publishTrained } from "../../../catalogue/index.ts";
import { modelOf } from "../models/model-of.ts";
import { openCatalogue, type CataloguePlace } from "./catalogue-place.ts";
import { USE_CASE, type Said, type Work } from "./changing-process.ts";
import { nameOf, type Asked, type Found } from "./history.ts";

const PROCESSES = 4;
const SINCE = Date.UTC(2026, 0, 1);

/** A process that changes the catalogue, and what it has said so far. */
class Changing {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly done: Asked[] = [];
  /** Tried last, and neither done nor refused as far as is known. */
  readonly doubtful: Asked[] = [];
  #trying: Asked | undefined;
  #found: Found | undefined;
  #finished = false;
  #isKilled = false;
  readonly #gone: Promise<unknown>;
  #wake = Promise.withResolvers<void>();

  constructor(work: Work) {
    const file = join(import.meta.dirname, "changing-process.ts");
    this.#child = spawn(process.execPath, [file, JSON.stringify(work)], { stdio: ["pipe", "pipe", "inherit"] });
    this.#gone = once(this.#child, "exit");
    const lines = createInterface({ input: this.#child.stdout });
    lines.on("line", (line) => {
      this.#take(JSON.parse(line) as Said);
      this.#wake.resolve();
      this.#wake = Promise.withResolvers();
    });
  }

  #take(said: Said): void {
    if ("trying" in said) this.#trying = said.trying;
    else if ("done" in said) {
      this.done.push(said.done);
      this.#trying = undefined;
    } else if ("lost" in said) this.#doubt();
    else if ("finished" in said) this.#finished = true;
    else if ("found" in said) this.#found = said.found;
  }

  #doubt(): void {
    if (this.#trying !== undefined) this.doubtful.push(this.#trying);
    this.#trying = undefined;
  }

  /** Resolves when `is` holds of it; rejects when it has ended before. */
  async until(is: (self: this) => boolean): Promise<void> {
    while (!is(this)) {
      const ended = await Promise.race([this.#gone.then(() => true), this.#wake.promise.then(() => false)]);
      if (ended && !is(this))
        throw new Error(`a process that changes the catalogue has ended after ${this.done.length}`);
    }
  }

  get isFinished(): boolean {
    return this.#finished;
  }

  get isKilled(): boolean {
    return this.#isKilled;
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    this.#child.kill("SIGKILL");
    await this.#gone;
    this.#doubt();
  }

  async find(): Promise<Found> {
    this.#child.stdin.write("find\n");
    await this.until(() => this.#found !== undefined);
    return this.#found!;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.stdin.end();
    await this.#gone;
  }
}

/** @param kill by their numbers, the processes that are killed in the middle of it */
async function changed(place: CataloguePlace, changes: number, kill: readonly number[]): Promise<void> {
  const setup = await openCatalogue(place);
  for (const id of ["m1", "m2"]) {
    const { states: _, ...model } = modelOf(id, [], { useCase: USE_CASE });
    const judge = () => ({ promote: false, reason: "for the test" });
    await publishTrained(setup.tools, model, { judge, ladder: null, time: SINCE - 1 });
  }
  await setup.close();
  const each = Math.ceil(changes / PROCESSES);
  const all: Changing[] = [];
  try {
    for (let at = 0; at < PROCESSES; at++) {
      all.push(new Changing({ place, process: at, processes: PROCESSES, changes: each, since: SINCE }));
      // The first one has the log, where one process has it.
      if (at === 0) await all[0]!.until(({ done }) => done.length > 0);
    }
    for (const [nth, at] of kill.entries()) {
      await all[at]!.until(({ done }) => done.length >= Math.floor((each * (nth + 1)) / (kill.length + 1)));
      await all[at]!.kill();
    }
    const left = all.filter(({ isKilled }) => !isKilled);
    for (const one of left) await one.until(({ isFinished }) => isFinished);
    const found: Found[] = [];
    for (const one of left) found.push(await one.find());

    const done = all.flatMap((one) => one.done.map(nameOf));
    const doubtful = all.flatMap((one) => one.doubtful.map(nameOf));
    const [{ changes: history, shrunk }] = found as [Found];
    expect(shrunk).toEqual([]);
    expect(history.filter((one, at) => history[at - 1] === one)).toEqual([]);
    expect(done.filter((one) => !history.includes(one))).toEqual([]);
    expect(history.filter((one) => !done.includes(one) && !doubtful.includes(one))).toEqual([]);
    expect(doubtful.length).toBeLessThanOrEqual(kill.length * PROCESSES);
    expect(new Set(found.map(({ sha256 }) => sha256)).size).toBe(1);
    expect(done.length).toBeGreaterThanOrEqual(each * left.length);
  } finally {
    for (const one of all) if (!one.isKilled) await one.kill();
  }
}

/**
 * `CHANGES=1000` makes so many. @param kills of each test, by their numbers, the processes that are killed in the middle; the first process has the embedded log.
 */
export function changesSuite(
  newPlace: () => Promise<CataloguePlace>,
  few: number,
  kills: readonly (readonly [claim: string, kill: readonly number[]])[],
): void {
  const changes = Number(process.env["CHANGES"] ?? few);
  for (const [claim, kill] of kills) {
    test(
      `${changes} changes from four processes at once are all in the history, and every reader finds the same, ${claim}`,
      async () => {
        const start = performance.now();
        await changed(await newPlace(), changes, kill);
        if (process.env["CHANGES"] !== undefined)
          console.log(`${claim}: ${((performance.now() - start) / 1_000).toFixed(1)} s`);
      },
      60_000 + changes * 2_000,
    );
  }
}
