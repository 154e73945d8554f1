import { expect, test } from "vitest";
import { SettingsError, settingsOf, type SettingsOptions } from "../../../loop/index.ts";

test("a program that says nothing has the embedded log in .loopstream, and the defaults", () => {
  const settings = settingsOf({});
  expect(settings).toMatchObject({ brokers: [], registry: undefined, partitions: 4, id: "loopstream", sync: "none" });
  expect(settings.dir).toMatch(/\/\.loopstream$/);
  expect(settingsOf({ brokers: undefined, partitions: undefined }).partitions).toBe(4);
});

test("commits of a program are as frequent as its delivery needs", () => {
  expect(settingsOf({}).commitIntervalMs).toBe(5);
  expect(settingsOf({ delivery: "atLeastOnce" }).commitIntervalMs).toBe(1_000);
  expect(settingsOf({ delivery: "atLeastOnce", commitIntervalMs: 20 }).commitIntervalMs).toBe(20);
});

test.each<[SettingsOptions, string]>([
  [{ partitions: 0 }, "partitions 0: write a whole number above 0"],
  [{ partitions: 1.5 }, "partitions 1.5"],
  [{ brokers: ["localhost:9092"] }, "no schema registry: add registry, the URL of one"],
  [
    { brokers: "localhost:9092" as never, registry: "http://localhost:1" },
    'brokers localhost:9092: write a list like ["',
  ],
  [{ brokers: ["localhost"], registry: "http://localhost:1" }, "brokers localhost: write host:port"],
  [{ brokers: ["localhost:1"], registry: "localhost:1" }, "registry localhost:1: write a URL"],
  [{ stateEngine: "sqlite" as never }, "stateEngine sqlite: write leveldb or rocksdb"],
  [{ sync: "always" as never }, "sync always: write each, interval, none"],
  [{ delivery: "atMostOnce" as never }, "delivery atMostOnce: write exactlyOnce or atLeastOnce"],
  [{ kafkaClient: "node-rdkafka" as never }, "kafkaClient node-rdkafka: write platformatic or kafkajs"],
  [{ instanceId: "one", kafkaClient: "kafkajs" }, 'an instance id needs kafkaClient: "platformatic"'],
  [{ standbyReplicas: -1 }, "standbyReplicas -1"],
  [{ commitIntervalMs: Number.NaN }, "commitIntervalMs NaN"],
  [{ sessionTimeoutMs: 10 }, "sessionTimeoutMs 10: write milliseconds from 1000 up"],
  [{ stateMemoryMiB: 0 }, "stateMemoryMiB 0"],
  [{ replyPrefix: "__" }, "replyPrefix __: write letters, digits"],
])("a program's %j is refused by its name: %s", (options, message) => {
  expect(() => settingsOf(options)).toThrow(message);
  expect(() => settingsOf(options)).toThrow(SettingsError);
});
