import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clock, deadLetters } from "../../schemas/index.ts";
import { createEmbeddedBackbone, readRaw, readTopic, Serdes } from "../../streams/index.ts";
import { publishBlueprint, startLoop } from "../../loop/index.ts";
import { seeded } from "../chaos/random.ts";
import type { Place } from "../chaos/product.ts";
import { faultOf } from "../errors/faults.ts";
import { torturedTopics } from "./bases.ts";
import { CONTROL, Control, LABEL_WAIT } from "./control.ts";
import { PARTITIONS, type Fault, type TorturePlace } from "./place.ts";
import { HEADER, Writer, type Made, type Written } from "./writer.ts";

export interface TortureOptions {
  readonly seed: number;
  /** How many ill-treated records are written, over all topics. */
  readonly records: number;
  /** A round of control traffic comes after each so many. */
  readonly perStep: number;
  readonly say: (line: string) => void;
}

export interface TortureReport {
  readonly seed: number;
  /** A line each; none: every check held. */
  readonly problems: readonly string[];
  readonly written: number;
  /** Refused at the door: by the backbone's limits or the broker's. */
  readonly refused: number;
  readonly dead: number;
  readonly controlAsked: number;
  readonly controlAnswered: number;
  readonly controlRows: number;
  readonly faults: number;
  /** The loop ended with a word while a fault lasted that it may not outlive, and was started again. */
  readonly revived: number;
  /** The longest start, and the one before any fault, s. */
  readonly longestStart: number;
  readonly firstStart: number;
  readonly seconds: number;
}

/** The label's wait, and time for the rows to be made and seen. */
const WAIT_MS = LABEL_WAIT * 1_000 + 4_000;
const SETTLE_MS = 90_000;

/**
 * Writes ill-treated records on every topic, takes away what the loop needs and gives it back, and asks after each step whether a control use
 * case is served as if nothing had been.
 */
export async function runTorture(place: TorturePlace, options: TortureOptions): Promise<TortureReport> {
  const began = performance.now();
  const { records, perStep, say } = options;
  const random = seeded(options.seed);
  const problems: string[] = [];
  const written: Written[] = [];
  let [refused, revived, faults] = [0, 0, 0];
  const control = new Control(place.open);
  const writer = new Writer(place, random);
  let product: Place | undefined;
  const alive = async (after: string, mayEnd: boolean): Promise<void> => {
    if (!(await place.loop.revive())) return;
    revived++;
    if (!mayEnd) problems.push(`after ${after} the loop ended by itself: ${place.loop.ends.at(-1)}`);
    else say(`it ended with a word and was started again: ${place.loop.ends.at(-1)!.trim().split("\n").at(-1)}`);
  };
  try {
    await control.round("the start");
    const steps = Math.max(place.faults.length, Math.ceil(records / perStep));
    for (let step = 0; step < steps; step++) {
      const count = Math.ceil((records * (step + 1)) / steps) - Math.ceil((records * step) / steps);
      const fault = place.faults[step % place.faults.length]!;
      const made = await writer.write(count);
      written.push(...made.written);
      refused += made.refused;
      await alive(`records of step ${step}`, false);
      await control.round(`records of step ${step}`);
      say(`step ${step + 1} of ${steps}: ${made.written.length} written, ${made.refused} refused; ${fault.name}`);
      const during = await suffer(fault, writer);
      faults++;
      written.push(...during.written);
      refused += during.refused;
      await alive(fault.name, fault.mayEnd);
      await control.round(fault.name);
    }
    await sleep(WAIT_MS);
    product = await place.open();
    const settled = await settle(control, product, await untouchedRows(control));
    problems.push(...control.problems, ...settled.problems);
    const dead = await checkLetters(product, written, problems);
    const stopped = await place.loop.stop();
    if (stopped > 30_000) problems.push(`it took ${Math.round(stopped / 1_000)} s to end`);
    const [firstStart, ...starts] = place.loop.starts;
    return {
      ...{ seed: options.seed, problems, written: written.length, refused, dead, faults, revived },
      ...{ controlAsked: control.asked, controlAnswered: control.answered, controlRows: settled.rows.size },
      longestStart: Math.round(Math.max(firstStart!, ...starts) / 100) / 10,
      firstStart: Math.round(firstStart! / 100) / 10,
      seconds: Math.round((performance.now() - began) / 1_000),
    };
  } finally {
    await control.close().catch(() => undefined);
    await writer.close();
    await product?.close().catch(() => undefined);
  }
}

async function suffer(fault: Fault, writer: Writer): Promise<Made> {
  await fault.begin();
  const until = performance.now() + fault.forMs;
  // What is asked while it lasts may be refused; what was stored is looked for like the rest.
  const during = await writer.write(60, until);
  await sleep(Math.max(0, until - performance.now()));
  await fault.end();
  return during;
}

interface Settled {
  readonly rows: Rows;
  readonly problems: readonly string[];
}

/** By decision id, as `Control.rows`. */
type Rows = ReadonlyMap<string, string>;

/** Waits until every control decision has its record, and the rows are those expected. */
async function settle(control: Control, product: Place, expected: Rows): Promise<Settled> {
  for (const deadline = performance.now() + SETTLE_MS; ;) {
    const rows = await control.rows(product);
    const recorded = await control.recorded(product);
    const differing = [...new Set([...rows.keys(), ...expected.keys()])].filter(
      (id) => rows.get(id) !== expected.get(id),
    );
    const settled = rows.size >= control.asked && differing.length === 0;
    if (settled || performance.now() > deadline) {
      const [first] = differing;
      const twice = [...recorded].filter(([, count]) => count > 1).map(([id]) => id);
      const missing = control.asked - recorded.size;
      return {
        rows,
        problems: [
          ...(missing === 0 ? [] : [`${missing} control decisions have no record`]),
          ...(twice.length === 0 ? [] : [`recorded twice: ${twice.slice(0, 3).join(", ")}`]),
          ...(first === undefined
            ? []
            : [`${differing.length} control rows differ; ${first}: ${rows.get(first)} for ${expected.get(first)}`]),
        ],
      };
    }
    await sleep(1_000);
  }
}

/** The control's rows of a loop that has met nothing else. */
async function untouchedRows(control: Control): Promise<Rows> {
  const dir = mkdtempSync(join(tmpdir(), "loopstream-untouched-"));
  const backbone = await createEmbeddedBackbone({ dir });
  const { registry } = backbone;
  try {
    const loop = await startLoop({
      ...{ id: "untouched", backbone, registry, stateDir: join(dir, "state"), partitions: PARTITIONS },
      ...{ delivery: "exactlyOnce", commitIntervalMs: 0, maxTaskIdleMs: Number.POSITIVE_INFINITY },
      ...{ salt: "loopstream", codeVersion: "torture" },
    });
    await publishBlueprint(loop, CONTROL);
    await loop.publisher.publish(control.sent);
    await loop.application.idle();
    const time = Date.now();
    await loop.publisher.publish([{ topic: clock, key: "clock", value: { time }, time, partition: 0 }]);
    await loop.application.idle();
    const rows = await control.rows({ backbone, registry, close: () => Promise.resolve() });
    await loop.close();
    return rows;
  } finally {
    await backbone.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** @returns how many of the ill-treated records are in the dead letters. */
async function checkLetters(product: Place, written: readonly Written[], problems: string[]): Promise<number> {
  const { backbone, registry } = product;
  const places = new Map<number, string>();
  for (const topic of torturedTopics) {
    for await (const batch of readRaw(backbone, topic.name)) {
      for (const { partition, offset, headers } of batch) {
        const mark = headers[HEADER];
        if (mark !== undefined)
          places.set(Number(Buffer.from(mark).toString()), `${topic.name}/${partition}/${offset}`);
      }
    }
  }
  const letters = new Map<string, string>();
  const faults = new Map<string, string[]>();
  for await (const { value } of readTopic(backbone, new Serdes(registry), deadLetters)) {
    letters.set(`${value.topic}/${value.partition}/${value.offset}`, value.code);
    const fault = faultOf(value);
    if (fault !== undefined) faults.set(value.code, [...(faults.get(value.code) ?? []), fault]);
  }
  for (const all of faults.values()) problems.push(`${all.length} dead letters: ${all.slice(0, 2).join("; ")}`);
  const wrong = new Map<string, string[]>();
  let dead = 0;
  for (const { id, kind, fate, record } of written) {
    const at = places.get(id);
    if (at === undefined) continue;
    const code = letters.get(at);
    if (code !== undefined) dead++;
    if ((fate === "dead" && code === undefined) || (fate === "fine" && code !== undefined)) {
      const what = `${kind} on ${record.topic}`;
      wrong.set(what, [...(wrong.get(what) ?? []), at]);
    }
  }
  for (const [what, all] of wrong) {
    problems.push(
      `${what}: ${all.length} are not where they should be (the dead letters, or not there): ${all.slice(0, 2).join(", ")}`,
    );
  }
  return dead;
}
