import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { httpLoop } from "../http/http-loop.ts";
import { root } from "../source-graph.ts";

const run = promisify(execFile);
const folder = join(root, "clients/python");
const python = await run("python3", ["-c", "import sys; assert sys.version_info >= (3, 9)"]).then(
  () => true,
  () => false,
);
// Skipped out loud elsewhere; never in CI.
if (!python) console.log("SKIPPED clients/python: there is no python3 from 3.9 up.");

test.skipIf(!python && process.env["CI"] !== "true")(
  "the Python client's own tests pass against a running loop",
  { timeout: 900_000 },
  async () => {
    const token = "operator-0123456789";
    await using at = await httpLoop({ http: { port: 0, tokens: { operator: [token] } } });
    const environment = {
      ...{ PYTHONPATH: join(folder, "src"), PYTHONDONTWRITEBYTECODE: "1", PYTHONWARNINGS: "error" },
      ...{ LOOPSTREAM_URL: at.url, LOOPSTREAM_TOKEN: token },
    };
    const { stderr } = await run("python3", ["-m", "unittest", "discover", "-s", join(folder, "tests"), "-v"], {
      env: { ...process.env, ...environment },
      cwd: folder,
    });
    expect(stderr).toMatch(/Ran 15 tests/);
    // Observations that were sent twice count once.
    await at.loop.idle();
    const rows = [];
    for await (const row of at.loop.rows("tips")) if (row.decisionId === "py-o") rows.push(row.label);
    expect(rows).toEqual([7]);
  },
);
