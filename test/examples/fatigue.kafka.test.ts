import { inject, test } from "vitest";
import { expectCanary, expectFatigue } from "./run-fatigue.ts";

test("reminders that tire, on Kafka", { timeout: 900_000 }, () => expectFatigue(inject("brokers"), inject("registry")));

test("a canary of policies, on Kafka", { timeout: 900_000 }, () => expectCanary(inject("brokers"), inject("registry")));
