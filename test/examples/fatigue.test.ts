import { test } from "vitest";
import { expectCanary, expectFatigue } from "./run-fatigue.ts";

test("reminders that tire, on the embedded log", { timeout: 900_000 }, () => expectFatigue());

test("a canary of policies, on the embedded log", { timeout: 900_000 }, () => expectCanary());
