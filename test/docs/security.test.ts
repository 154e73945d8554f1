import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { securityNames } from "../../loop/index.ts";
import { root } from "../source-graph.ts";

test("the page of Kafka has each setting of security with its variable, and no other", () => {
  const page = readFileSync(join(root, "docs/kafka.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([a-z.]+)`[^|]*\| `([A-Z_]+)`/gm)].map(([, name, variable]) => [name, variable]);
  const known = [...securityNames].filter(([name]) => !name.endsWith(".file"));
  expect(rows).toEqual(known.map(([name, { variable }]) => [name, variable]));
});
