import { expect, test } from "vitest";
import { Desk } from "../../http/desk.ts";
import { SourceSlot } from "../../http/source.ts";
import { recordLimits } from "../../schemas/index.ts";

const nobodyAsks = (): Promise<never> => Promise.reject(new Error("nobody asks"));

test("an observation and an event are waited for until they are stored, for longer than a decision", async () => {
  const waits: (number | undefined)[] = [];
  const stored = (_: string, __: object, { timeout }: { readonly timeout?: number | undefined } = {}) => {
    waits.push(timeout);
    return Promise.resolve({ ok: true, observationId: "o" } as const);
  };
  const slot = new SourceSlot();
  slot.enter({
    client: { getDecision: nobodyAsks, logObservations: stored, logEvent: stored },
    ...{ blueprints: nobodyAsks, tables: { put: nobodyAsks, get: nobodyAsks } },
    latest: Date.now,
    readiness: nobodyAsks,
  });
  const desk = new Desk(slot);
  await desk.observe("d", { values: {} });
  await desk.tell({ kind: "visit", attributes: {} });
  expect(waits).toEqual([recordLimits.httpStoreMs, recordLimits.httpStoreMs]);
});

test("more decisions, observations and events than are taken at the same time are refused until others end", async () => {
  const waiting: (() => void)[] = [];
  const stored = (): Promise<{ readonly ok: true; readonly observationId: string }> =>
    new Promise((resolve) => waiting.push(() => resolve({ ok: true, observationId: "o" })));
  const slot = new SourceSlot();
  slot.enter({
    client: { getDecision: nobodyAsks, logObservations: stored, logEvent: stored },
    ...{ blueprints: nobodyAsks, tables: { put: nobodyAsks, get: nobodyAsks } },
    latest: Date.now,
    readiness: nobodyAsks,
  });
  const desk = new Desk(slot);
  const event = { kind: "visit", attributes: {} };
  const open = Array.from({ length: recordLimits.httpOpenItems }, () => desk.tell(event));
  await expect(desk.tell(event)).rejects.toMatchObject({ code: "TOO_BUSY" });
  await expect(desk.observe("d", { values: {} })).rejects.toMatchObject({ code: "TOO_BUSY" });
  waiting.pop()!();
  await open.pop();
  const later = desk.tell(event);
  await expect(desk.tell(event)).rejects.toMatchObject({ code: "TOO_BUSY" });
  for (const end of waiting) end();
  await Promise.all([...open, later]);
});
