/**
 * Load it before a program (`node --import`): at the end it writes the process's usage to the file that
 * LOOPSTREAM_USAGE names.
 */
import { writeFileSync } from "node:fs";

const file = process.env["LOOPSTREAM_USAGE"];
process.on("exit", () => {
  if (file === undefined) return;
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(file, JSON.stringify({ user: userCPUTime / 1e6, system: systemCPUTime / 1e6, peakMiB: maxRSS / 1024 }));
});
