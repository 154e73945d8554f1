import { join } from "node:path";
import { afterAll, test } from "vitest";
import { temporaryDir } from "./command.ts";
import { withdrawnMidway } from "./withdrawn.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

test(
  "a model that is withdrawn in the middle of 2,000 requests a second makes every decision up to that time and none behind it, across kills of the loop, and in a replay",
  { timeout: 900_000 },
  async () => {
    const options = { dir: join(dir.path, "log") };
    await withdrawnMidway({ dir: dir.path, options, args: ["--dir", options.dir], ready: "the loop is running" });
  },
);
