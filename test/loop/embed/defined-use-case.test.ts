import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defineUseCase, openLoopstream, type UseCasesOf } from "../../../loop/embed/index.ts";

const reminders = defineUseCase({
  useCase: "reminders",
  decisionSpace: "boolean",
  context: { days: "number", plan: "category" },
  features: ["days", "plan"],
  label: { name: "opened", value: 'kind == "opened"', wait: "10m", default: 0 },
  policy: { decide: "opened > 0.2" },
});

test("a use case that a program defines is published and asked, with its types", { timeout: 300_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-defined-"));
  const loop = await openLoopstream<UseCasesOf<typeof reminders>>({ dir, schedules: false });
  try {
    expect(await loop.publishBlueprint(reminders)).toMatchObject({ useCase: "reminders", version: reminders.version });
    const request = { unit: "anna", context: { days: 3, plan: "free" } };
    const decision = await loop.getDecision("reminders", request, { default: true, timeout: 30_000 });
    expect(decision).toMatchObject({ value: true, reason: "noModel", blueprint: reminders.version });
    const wrong = { unit: "anna", context: { days: "3", plan: "free" } };
    // @ts-expect-error a number is no text
    await loop.getDecision("reminders", wrong);
  } finally {
    await loop.close();
    await rm(dir, { recursive: true });
  }
});
