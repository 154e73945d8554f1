import { test } from "vitest";
import { expectFatigue } from "./run-fatigue.ts";

test("reminders that tire, on the embedded log", { timeout: 900_000 }, () => expectFatigue());
