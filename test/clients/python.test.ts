import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { observations } from "../../schemas/index.ts";
import { openShared, readTopic, Serdes } from "../../streams/index.ts";
import { FILMS } from "../http/films.ts";
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
    await at.loop.publishBlueprint(FILMS);
    const { stderr } = await run("python3", ["-m", "unittest", "discover", "-s", join(folder, "tests"), "-v"], {
      env: { ...process.env, ...environment },
      cwd: folder,
    });
    expect(stderr).toMatch(/Ran 17 tests/);
    // Observations that were sent twice count once.
    await at.loop.idle();
    const rows = [];
    for await (const row of at.loop.rows("tips")) if (row.decisionId === "py-o") rows.push(row.label);
    expect(rows).toEqual([7]);
    const { backbone, registry, close } = await openShared(at.dir);
    const told = [];
    for await (const { value } of readTopic(backbone, new Serdes(registry), observations))
      if (value.decisionId === "py-f") told.push([value.observationId, value.optionId]);
    await close();
    expect(Object.fromEntries(told)).toEqual({ s: "f3", t: "f2" });
  },
);
