import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Kafka, logLevel } from "kafkajs";
import { expect, inject, test } from "vitest";
import { artifacts } from "../servers/artifacts.ts";
import { brokerSettings, composeServices } from "../servers/compose.ts";
import { freePorts } from "../servers/ports.ts";
import { startProcess } from "../servers/server-process.ts";
import { loopstream, temporaryDir } from "./command.ts";
import { startLoopstream } from "./running.ts";

const run = promisify(execFile);
const services = composeServices();

test("the health check of the registry's container tells a registry that answers from one that does not", async () => {
  const [kind, program, ...args] = services.registry.healthcheck!.test as readonly string[];
  expect(kind).toBe("CMD");
  const at = (port: string): Promise<unknown> =>
    run(
      program!,
      args.map((text) => text.replace("127.0.0.1/8080", `127.0.0.1/${port}`)),
    );
  await at(new URL(inject("registry")).port);
  const [free] = await freePorts(1);
  await expect(at(String(free))).rejects.toThrow();
});

test("a broker with the container's settings runs, and the loop runs on it with the container's flags", async () => {
  const dir = temporaryDir();
  const [inner, outer, controller] = (await freePorts(3)) as [number, number, number];
  const [metricsPort, httpPort] = (await freePorts(2)) as [number, number];
  // The container's names and ports, as this machine has them.
  const here = (text: string): string =>
    text
      .replaceAll(/(?<=PLAINTEXT:\/\/)(kafka)?:19092/g, `127.0.0.1:${inner}`)
      .replaceAll(/(?<=HOST:\/\/)(localhost)?:9092/g, `127.0.0.1:${outer}`)
      .replaceAll(/(kafka|(?<=CONTROLLER:\/\/)):9093/g, `127.0.0.1:${controller}`)
      .replace("/var/lib/kafka/data", join(dir.path, "data"));
  const config = join(dir.path, "server.properties");
  const settings = [...brokerSettings(services.kafka.environment)];
  writeFileSync(config, settings.map(([name, value]) => `${name}=${here(value)}\n`).join(""));
  const classpath = `${(await artifacts()).kafka}/*`;
  const format = ["kafka.tools.StorageTool", "format", "-t", "4L6g3nShT-eMCtK--X86sw", "-c", config];
  await run("java", ["-Xmx128m", "-cp", classpath, ...format]);
  const retry = { retries: 0 };
  const admin = new Kafka({ brokers: [`127.0.0.1:${outer}`], retry, logLevel: logLevel.NOTHING }).admin();
  const java = ["-Xmx512m", "-XX:+UseSerialGC", "-cp", classpath, "kafka.Kafka", config];
  const kafka = await startProcess("java", java, {
    log: join(dir.path, "server.log"),
    answers: () => admin.connect().finally(() => admin.disconnect()),
  });
  mkdirSync(join(dir.path, "loop"));
  const words = services.loopstream.command!.at(-1)!.split("cli/main.ts ")[1]!.trim().split(/\s+/);
  const flags = words.map((word) =>
    word
      .replace("kafka:19092", `127.0.0.1:${inner}`)
      .replace(/^http:\/\/registry:.*/, inject("registry"))
      .replace(":9464", `:${metricsPort}`)
      .replace(":8080", `:${httpPort}`),
  );
  const loop = startLoopstream([...flags, "--json", "--dir", join(dir.path, "loop")]);
  try {
    await loop.says("the loop is running");
    expect((await fetch(`http://localhost:${metricsPort}/metrics`)).status).toBe(200);
    const http = `http://localhost:${httpPort}`;
    await expect.poll(async () => (await fetch(`${http}/readyz`)).status, { timeout: 10_000 }).toBe(200);
    const asked = await fetch(`${http}/v1/decisions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ useCase: "reminders", unit: "anna" }),
    });
    expect(await asked.json()).toMatchObject({ code: "UNKNOWN_USE_CASE" });
    // From the host, by its own listener.
    const listed = await loopstream([
      ...["topics", "--brokers", `127.0.0.1:${outer}`, "--registry", inject("registry"), "--json"],
    ]);
    expect(listed.code, listed.stderr).toBe(0);
    expect(listed.stdout).toContain("decision-requests");
    loop.send("SIGTERM");
    expect((await loop.ended()).code, loop.said()).toBe(0);
  } finally {
    loop.kill();
    await kafka.end("SIGTERM");
    dir.remove();
  }
});
