import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FETCH_MS, runPython } from "../python/venv.ts";
import { onFreePort, runCommands, tutorialCommands } from "./run-tutorial.ts";

const MOST_COMMANDS = 15;
/** Of a machine that is busy with the other tests. */
const PATIENCE_MS = 1_200_000;

test(
  "the tutorial runs as it is written, and its model serves as well as scikit-learn's on the same rows",
  async () => {
    const commands = tutorialCommands();
    expect(commands.length).toBeLessThanOrEqual(MOST_COMMANDS);
    // The checkout takes the place of the package; test/package installs that one.
    expect(commands.slice(0, 2)).toEqual(["npm init -y", "npm install loopstream"]);
    const dir = mkdtempSync(join(tmpdir(), "loopstream-tutorial-"));
    try {
      const asWritten = await onFreePort(commands.slice(2));
      const more = [
        "npx loopstream models served --use-case prefetch --json > served.json",
        "npx loopstream rows --use-case prefetch --out rows.parquet",
      ];
      const stdout = await runCommands(dir, [...asWritten, ...more], { mostMs: PATIENCE_MS });
      expect(stdout).toContain("asked 12600: 0 decided by a model");
      expect(stdout).toContain("12300 rows in rows.csv");
      expect(stdout).toContain("asked 6300: 6300 decided by a model");
      expect(stdout).toContain("re-derived, equal");
      const [served] = JSON.parse(readFileSync(join(dir, "served.json"), "utf8")) as [
        { readonly rows: number; readonly metrics: { readonly auc: number } },
      ];
      const peer = (await runPython(join(import.meta.dirname, "peer.py"), [join(dir, "rows.parquet")])) as {
        readonly rows: number;
        readonly auc: number;
      };
      expect(served.rows).toBe(peer.rows);
      expect(peer.auc).toBeGreaterThan(0.7);
      expect(Math.abs(served.metrics.auc - peer.auc)).toBeLessThan(0.01);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
  FETCH_MS + PATIENCE_MS,
);
