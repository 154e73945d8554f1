import { describe, inject } from "vitest";
import { changesSuite } from "./four-processes.ts";

let runs = 0;

describe("over Kafka", () =>
  changesSuite(
    async () => ({
      brokers: inject("brokers"),
      registry: inject("registry"),
      prefix: `changes-${process.pid}-${++runs}.`,
    }),
    40,
    [["when one is killed", [1]]],
  ));
