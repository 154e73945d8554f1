import { expect, test } from "vitest";
import { nextStep } from "../../cli/next-step.ts";
import { domainErrors } from "../../schemas/index.ts";
import { CodedError, streamsErrors } from "../../streams/index.ts";

test("no command that has ended says that a loop goes on by itself", () => {
  const codes = Object.entries({ ...domainErrors, ...streamsErrors });
  const steps = codes.map(([code, kind]) => [code, nextStep(new CodedError(code, kind, "at an end"))] as const);
  expect(steps.length).toBeGreaterThan(60);
  expect(steps.filter(([, step]) => /^Nothing|^The loop (?:goes|asks|tries|joins)/.test(step))).toEqual([]);
  expect(steps).toContainEqual(["UNKNOWN_MODEL", "`loopstream models` lists them."]);
});
