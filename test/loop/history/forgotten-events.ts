import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { clock, decisionRequests } from "../../../schemas/index.ts";
import { eventWindows } from "../../../operators/index.ts";
import { openTools, publishBlueprint, startLoop, type Loop, type LoopOptions } from "../../../loop/index.ts";
import { at, DECISIONS, SHOP } from "./shop.ts";
import { importInto, rowsOn } from "./shop-log.ts";

const EVENTS = 400;
const MINUTES = 30;

/** Visits of three shops over a week, and decisions between them. */
export function forgottenFiles(dir: string): { readonly events: string; readonly decisions: string } {
  const files = { events: join(dir, "visits.csv"), decisions: join(dir, "decided.csv") };
  const visits = Array.from({ length: EVENTS }, (_, i) => `${at(i * MINUTES)},visit,S${i % 3},3`);
  const decided = Array.from({ length: EVENTS }, (_, i) => `d${i},${at(i * MINUTES + 15)},1,S${(i * 7) % 3}`);
  writeFileSync(files.events, ["event_ts,kind,store,amount", ...visits, ""].join("\n"));
  writeFileSync(files.decisions, [DECISIONS, ...decided, ""].join("\n"));
  return files;
}

/** By decision: visits of its shop in the day before it. */
export const visitsOfDay = (): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Array.from({ length: EVENTS }, (_, i) => {
      const of = Array.from({ length: EVENTS }, (_each, n) => n).filter(
        (n) => n % 3 === (i * 7) % 3 && n * MINUTES < i * MINUTES + 15 && n * MINUTES >= i * MINUTES + 15 - 24 * 60,
      );
      return [`d${i}`, of.length];
    }),
  );

export interface Remembered {
  readonly visits: Readonly<Record<string, number>>;
  /** Over all processes: parts of windows that were read again. */
  readonly recalled: number;
}

/**
 * Events of long ago are imported, alone; the loop starts anew, decides something of today and so forgets them; then the decisions of long ago are imported.
 *
 * @param options one process each.
 */
export async function importDecisionsLater(
  options: readonly LoopOptions[],
  files: ReturnType<typeof forgottenFiles>,
): Promise<Remembered> {
  const start = async (): Promise<readonly Loop[]> => {
    const loops = [];
    for (const each of options) loops.push(await startLoop({ ...each, maxTaskIdleMs: 0 }));
    return loops;
  };
  let loops = await start();
  await publishBlueprint(loops[0]!, SHOP);
  await importInto(loops[0]!, { events: files.events }, { loop: undefined });
  for (const loop of loops) await loop.application.idle();
  for (const loop of loops) await loop.close();
  loops = await start();
  for (let i = 0; !loops.every(hasForgotten); i++) {
    await decideNow(loops[0]!, `now-${i}`);
    for (const loop of loops) await loop.application.idle();
  }
  const tools = await openTools(options[0]!);
  await importInto(tools, { decisions: files.decisions }, { loop: undefined });
  for (const loop of loops) await loop.application.idle();
  const visits = Object.fromEntries(
    (await rowsOn(tools, "training-rows.shop"))
      .map((row) => JSON.parse(row) as { decisionId: string; visits_1d: number })
      .filter(({ decisionId }) => decisionId.startsWith("d"))
      .map(({ decisionId, visits_1d: count }) => [decisionId, count]),
  );
  await tools.close();
  let recalled = 0;
  for (const { application } of loops) {
    recalled += (await application.metrics.recalledParts.get()).values.reduce((sum, { value }) => sum + value, 0);
  }
  for (const loop of loops) await loop.close();
  return { visits, recalled };
}

const hasForgotten = ({ application }: Loop): boolean =>
  application.global(eventWindows).remembersFrom > Date.parse(at(EVENTS * MINUTES));

async function decideNow({ publisher }: Loop, id: string): Promise<void> {
  const time = Date.now();
  const request = { decisionId: id, useCase: "shop", unit: id, context: { price: 1, store: "S0" }, logged: null };
  await publisher.publish([
    { topic: decisionRequests, key: id, value: request, time },
    { topic: clock, key: "clock", value: { time }, time, partition: 0 },
  ]);
}
