import { inject, test } from "vitest";
import { expectFatigue } from "./run-fatigue.ts";

test("reminders that tire, on Kafka", { timeout: 900_000 }, () => expectFatigue(inject("brokers"), inject("registry")));
