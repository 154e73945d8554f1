import { expect, test } from "vitest";
import { createLocalClient } from "../../local/index.ts";
import { openShared } from "../../streams/index.ts";
import { recordedLog } from "../streams/recorded-log.ts";
import { eventually } from "../eventually.ts";
import { httpLoop, TIPS } from "../http/http-loop.ts";

test("a client on the log of another process ends with it, and says so in its answers, status and log", async () => {
  const at = await httpLoop({}, TIPS.replace(/, \{ visits.*\]/, "]"));
  const shared = await openShared(at.dir);
  const { log, lines } = recordedLog();
  const local = await createLocalClient({ ...shared, useCases: ["tips"], log });
  const heard: string[] = [];
  local.onStatus(({ kind }) => heard.push(kind));
  const ask = () => local.getDecision("tips", { unit: "anna", context: { days: 1 } }, { default: true });
  expect(await ask()).toMatchObject({ error: null });
  await local.flush();
  await at[Symbol.asyncDispose]();
  await eventually(async () => expect((await ask()).error).not.toBeNull(), { timeout: 20_000 });
  const told = { value: true, isDefault: true, reason: "error", error: expect.stringMatching(/has stopped/) as string };
  expect(await ask()).toMatchObject(told);
  expect(local.status).toMatchObject({ connected: false, lastError: { code: "BACKBONE_GONE" } });
  expect(heard).toEqual(["disconnected"]);
  expect(await local.flush()).toEqual({ waiting: 0 });
  expect(await local.close()).toEqual({ lost: 0, spooled: 0 });
  await shared.backbone.close();
  expect(lines.filter(({ level }) => level === "error").map(({ message }) => message)).toEqual([
    expect.stringContaining("open another one"),
  ]);
});
