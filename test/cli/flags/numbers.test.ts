import { describe, expect, test } from "vitest";
import { checkBroker, checkRegistry } from "../../../loop/settings/addresses.ts";
import { parseDecimal, parsePort, parseWhole } from "../../../cli/flags/numbers.ts";
import { readSettings } from "../../../cli/flags/settings.ts";

const none = ["80a", "1e3", "-1", "", " ", "0x50", "1.5", "+3", "1_000", "1,000", "Infinity", "NaN", " 8", "٣"];

describe("a numeric flag takes digits alone", () => {
  test.each(none)("%j is refused, by the flag's name", (text) => {
    const flag = `--limit ${text.trim() === "" ? JSON.stringify(text) : text}:`;
    expect(() => parseWhole(text, "--limit", { min: 0, max: 100 })).toThrow(flag);
    expect(() => parsePort(text, "--metrics")).toThrow("write a port from 0 to 65535");
    expect(() => readSettings({ partitions: text }, {})).toThrow("--partitions");
    if (text !== "1.5") expect(parseDecimal(text)).toBeNaN();
  });

  test("within its range it is that number", () => {
    expect(parseWhole("20", "--limit", { min: 0, max: 100 })).toBe(20);
    expect(() => parseWhole("101", "--limit", { min: 0, max: 100 })).toThrow("write a whole number from 0 to 100");
    expect(() => readSettings({ partitions: "0" }, {})).toThrow("--partitions 0: write a whole number above 0");
    expect(parsePort("65535", "--metrics")).toBe(65_535);
    expect(() => parsePort("65536", "--metrics")).toThrow("--metrics 65536");
    expect([parseDecimal("0.25"), parseDecimal(".5"), parseDecimal("3")]).toEqual([0.25, 0.5, 3]);
  });
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
