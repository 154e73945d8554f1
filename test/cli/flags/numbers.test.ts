import { describe, expect, test } from "vitest";
import { checkBroker, checkRegistry, parsePort } from "../../../loop/settings/addresses.ts";
import { parseDecimal, parseHoldout, parsePercentage, parseShare, whole } from "../../../cli/flags/numbers.ts";
import { commonFlags, readSettings } from "../../../cli/flags/settings.ts";

const none = ["80a", "1e3", "-1", "", " ", "0x50", "1.5", "+3", "1_000", "1,000", "Infinity", "NaN", " 8", "٣"];

describe("a numeric flag takes digits alone", () => {
  test.each(none)("%j is refused, by the flag's name", (text) => {
    const flag = `--limit ${text.trim() === "" ? JSON.stringify(text) : text}:`;
    expect(() => whole(0, 100)(text, "--limit")).toThrow(flag);
    expect(() => parsePort(text, "--metrics")).toThrow("write a port from 0 to 65535");
    expect(() => commonFlags.partitions.read(text)).toThrow("--partitions");
    if (text !== "1.5") expect(parseDecimal(text)).toBeNaN();
  });

  test("within its range it is that number", () => {
    expect(whole(0, 100)("20", "--limit")).toBe(20);
    expect(() => whole(0, 100)("101", "--limit")).toThrow("write a whole number from 0 to 100");
    expect(() => commonFlags.partitions.read("0")).toThrow("--partitions 0: write a whole number above 0");
    expect(readSettings({ partitions: commonFlags.partitions.read("6") }, {}).partitions).toBe(6);
    expect(parsePort("65535", "--metrics")).toBe(65_535);
    expect(() => parsePort("65536", "--metrics")).toThrow("--metrics 65536");
    expect([parseDecimal("0.25"), parseDecimal(".5"), parseDecimal("3")]).toEqual([0.25, 0.5, 3]);
  });
});

test("a share is above 0 to 1, that of a sample may be a percentage, and a holdout leaves a tenth to train on", () => {
  expect([parseShare("1", "--pace"), parsePercentage("1%", "--sample"), parsePercentage("0.01", "--sample")]).toEqual([
    ...[1, 0.01, 0.01],
  ]);
  expect([parseHoldout("0", "--holdout"), parseHoldout("0.9", "--holdout")]).toEqual([0, 0.9]);
  for (const text of ["0", "1.1", "", "half"]) {
    expect(() => parseShare(text, "--pace")).toThrow("write a share above 0 to 1");
    expect(() => parsePercentage(text, "--sample")).toThrow("write a share above 0, at most 1 or 100%");
  }
  for (const text of ["0.95", "", "-1"]) expect(() => parseHoldout(text, "--holdout")).toThrow("a share from 0 to 0.9");
});

describe("an address of brokers or registry", () => {
  const registry = "http://localhost:8081";

  test.each(["localhost:80a", "localhost", "localhost:", ":9092", "localhost:99999", "local host:9092", "a:1:2", ""])(
    "broker %j is refused before anything is connected to",
    (broker) => {
      expect(() => readSettings({ brokers: `good:9092,${broker}`, registry }, {})).toThrow("--brokers");
      expect(() => readSettings({}, { KAFKA_BROKERS: broker, SCHEMA_REGISTRY: registry })).toThrow("KAFKA_BROKERS");
    },
  );

  test("a port that is none is named", () => {
    expect(() => checkBroker("localhost:80a", "--brokers")).toThrow(
      "--brokers localhost:80a: port 80a: write a port from 0 to 65535",
    );
    expect(() => checkRegistry("http://localhost:80a/", "--registry")).toThrow(
      "--registry: port 80a: write a port from 0 to 65535",
    );
    expect(() => checkRegistry("localhost:8081", "--registry")).toThrow("write a URL like http://localhost:8081");
  });

  test("hosts, addresses and users are taken", () => {
    for (const broker of ["localhost:9092", "127.0.0.1:9092", "[::1]:9092", "b-1.example.org:9094", "user:pass@b:9092"])
      expect(() => checkBroker(broker, "--brokers")).not.toThrow();
    for (const url of [registry, "https://user:pass@registry.example.org/path"])
      expect(() => checkRegistry(url, "--registry")).not.toThrow();
  });

  test("no password is shown", () => {
    expect(() => checkRegistry("http://user:hidden@localhost:80a", "--registry")).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("hidden") }),
    );
  });
});
