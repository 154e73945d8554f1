import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SMALL } from "../blueprints/fixtures.ts";
import { loopstream, temporaryDir } from "./command.ts";

const dir = temporaryDir();
const doubtful = join(dir.path, "doubtful.yaml");
const warnings = [
  { path: "label.when", line: 18, column: 17, hint: 'did you mean "arrival"?' },
  { path: "policy.decide", line: 26, column: 11 },
];
beforeAll(() => writeFileSync(doubtful, SMALL.replace('"arrival"', '"arival"').replace("risk > 0.35", "risk > 25")));
afterAll(() => dir.remove());

test("check and publish warn, in the JSON of a program and on stderr of a person, and succeed", async () => {
  const check = await loopstream(["blueprint", "check", doubtful, "--json"]);
  expect(check.code).toBe(0);
  expect(check.stderr).toBe("");
  expect(JSON.parse(check.stdout)).toMatchObject({ useCase: "small", warnings });

  const told = await loopstream(["blueprint", "check", doubtful]);
  expect(told.code).toBe(0);
  expect(told.stderr).toContain(`warning: ${doubtful}:26:11 policy.decide: risk > 25 is never true`);
  expect(told.stderr).toMatch(/^ {4}decide: risk > 25\n {12}\^$/m);
  expect(told.stdout).toMatch(
    /^small [0-9a-f]{12}: 5 features, 2 warnings\nits state, in every process of the loop:\n( {2}1 window over arrival .*\n){2}$/,
  );

  const place = ["--dir", join(dir.path, "state")];
  const published = await loopstream(["blueprint", "publish", doubtful, "--json", ...place]);
  expect(published.code).toBe(0);
  expect(JSON.parse(published.stdout)).toMatchObject({ useCase: "small", unchanged: false, warnings });

  const listed = await loopstream(["models", ...place]);
  expect(listed.stdout).toMatch(/^use case +model +version +state +since +until +rows +rows until +evidence\n$/);
}, 900_000);

test("a port of --metrics that is taken is refused by the flag's name", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as { readonly port: number };
    const started = await loopstream(["start", "--dir", join(dir.path, "taken"), "--metrics", String(port)]);
    expect(started.code).toBe(2);
    expect(started.stderr).toContain(`--metrics ${port}: the port is taken by another program`);
    const wrong = await loopstream(["start", "--dir", join(dir.path, "taken"), "--metrics", "80a"]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("--metrics 80a: write a port from 0 to 65535");
  } finally {
    server.close();
  }
}, 900_000);
