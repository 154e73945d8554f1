import { expect, test } from "vitest";
import { createKafkaBackbone } from "../../../../streams/backbones/kafka/index.ts";
import { kafkaDefaults, kafkaSettings } from "../../../../streams/backbones/kafka/cluster/options.ts";
import { freePorts } from "../../../servers/ports.ts";

test("brokers may be a list or one string, and the rest has defaults", () => {
  const settings = kafkaSettings({ brokers: "a:1, b:2", sessionTimeoutMs: 9_000 });
  expect(settings.brokers).toEqual(["a:1", "b:2"]);
  expect(settings).toMatchObject({ ...kafkaDefaults, sessionTimeoutMs: 9_000 });
  expect(kafkaSettings({ brokers: ["a:1"] }).brokers).toEqual(["a:1"]);
  expect([settings, settings.brokers, kafkaDefaults].every((value) => Object.isFrozen(value))).toBe(true);
});

test("brokers without a port, or none at all, are refused with what was given", () => {
  expect(() => kafkaSettings({ brokers: "localhost" })).toThrow(/host:port.*localhost/);
  expect(() => kafkaSettings({ brokers: [] })).toThrow(/host:port/);
});

test("heartbeats too rare for the session are refused", () => {
  const options = { brokers: "a:1", sessionTimeoutMs: 1_000, heartbeatIntervalMs: 900 };
  expect(() => kafkaSettings(options)).toThrow(/heartbeatIntervalMs \(900\).*sessionTimeoutMs \(1000\)/);
});

test("a broker that is not there is a BACKBONE_UNAVAILABLE that names it", async () => {
  const [port] = await freePorts(1);
  const opened = createKafkaBackbone({ brokers: `127.0.0.1:${port}`, deliveryTimeoutMs: 300 });
  await expect(opened).rejects.toMatchObject({ code: "BACKBONE_UNAVAILABLE", flags: { retry: true } });
  await expect(opened).rejects.toThrow(`127.0.0.1:${port}`);
});
