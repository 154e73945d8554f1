import { defineConfig } from "vitest/config";

const kafkaTests = "test/**/*.kafka.test.ts";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          testTimeout: 30_000,
          hookTimeout: 60_000,
          include: ["test/**/*.test.ts"],
          exclude: [kafkaTests, "node_modules/**"],
        },
      },
      {
        test: {
          name: "kafka",
          include: [kafkaTests],
          globalSetup: ["test/servers/global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
