import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createProgram } from "../../cli/program.ts";
import { composeServices } from "../servers/compose.ts";
import { root } from "../source-graph.ts";

const services = composeServices();
const { kafka, registry, loopstream } = services;

test("every container starts again by itself, and the loop's gets its signals", () => {
  expect(Object.values(services).map(({ restart }) => restart)).toEqual(
    Object.keys(services).map(() => "unless-stopped"),
  );
  expect(loopstream.init).toBe(true);
  // Without exec, the shell would have the signals to itself.
  expect(loopstream.command?.at(-1)).toMatch(/^npm ci && exec node /);
});

test("the loop waits for a broker and a registry that answer", () => {
  expect(registry.healthcheck).toBeDefined();
  expect(kafka.healthcheck).toBeDefined();
  expect(loopstream.depends_on).toEqual({
    kafka: { condition: "service_healthy" },
    registry: { condition: "service_healthy" },
  });
});

test("the host's addresses are those that README.md and docs/kafka.md show", () => {
  const published = [...kafka.ports!, ...registry.ports!].map((port) => port.split(":")[1]!);
  const shown = /--brokers localhost:(\d+) --registry http:\/\/localhost:(\d+)\/apis\/ccompat\/v7 /;
  for (const page of ["README.md", "docs/kafka.md"]) {
    expect(shown.exec(readFileSync(join(root, page), "utf8"))?.slice(1), page).toEqual(published);
  }
  expect(kafka.environment!["KAFKA_ADVERTISED_LISTENERS"]).toContain(`HOST://localhost:${published[0]}`);
});

test("the loop's command has flags that there are, and serves metrics to other containers", () => {
  const words = loopstream.command!.at(-1)!.split("cli/main.ts ")[1]!.trim().split(/\s+/);
  const start = createProgram().commands.find((command) => command.name() === words[0])!;
  const { unknown, operands } = start.parseOptions(words.slice(1));
  expect({ unknown, operands }).toEqual({ unknown: [], operands: [] });
  const { brokers, registry: url, metrics, http, httpAuth } = start.opts<Record<string, string>>();
  expect(kafka.environment!["KAFKA_ADVERTISED_LISTENERS"]).toContain(`PLAINTEXT://${brokers}`);
  expect(url).toBe(`http://registry:${registry.ports![0]!.split(":").at(-1)}/apis/ccompat/v7`);
  expect(metrics).toMatch(/^0\.0\.0\.0:/);
  // Without tokens, but published on the host's loopback alone.
  expect([http, httpAuth]).toEqual(["0.0.0.0:8080", "none"]);
  expect(loopstream.ports).toEqual(["127.0.0.1:8080:8080", "127.0.0.1:9464:9464"]);
});
