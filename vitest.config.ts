import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { LongFirst } from "./test/long-first.ts";
import { selected } from "./test/parts.ts";

const kafkaTests = "test/**/*.kafka.test.ts";
const { include, exclude, isolate } = selected(process.env["LOOPSTREAM_TEST_PART"]);

// Tests start the program as a process hundreds of times: each start would strip and compile all of its sources anew.
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "node_modules/.cache/compiled");

export default defineConfig({
  test: {
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: "unit",
          // For those that hang: a machine that is busy may take ten times as long as a quiet one.
          testTimeout: 600_000,
          hookTimeout: 600_000,
          expect: { poll: { timeout: 20_000 } },
          include: [...include],
          exclude: [kafkaTests, "node_modules/**", ...exclude],
          isolate,
          // By itself it would take one less than there are cores.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "kafka",
          include: [kafkaTests],
          globalSetup: ["test/servers/global-setup.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          expect: { poll: { timeout: 20_000 } },
          // They mostly wait: for brokers, sessions and timers.
          maxWorkers: 2,
        },
      },
    ],
  },
});
