import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifacts } from "./artifacts.ts";
import { freePorts } from "./ports.ts";
import { startProcess } from "./server-process.ts";

export interface RegistryServer {
  /** Base of the Confluent-compatible interface. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A real Apicurio registry, in memory, on the loopback. */
export async function startRegistry(): Promise<RegistryServer> {
  const folder = (await artifacts()).registry;
  const jar = readdirSync(folder).find((name) => name.endsWith("-runner.jar"));
  if (jar === undefined) throw new Error(`No *-runner.jar in ${folder}: delete that folder and start again.`);
  const [port] = (await freePorts(1)) as [number];
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  const dir = mkdtempSync(join(tmpdir(), "loopstream-registry-"));
  // Compiled lightly: it starts in half the CPU time, and has little to do.
  const java = ["-XX:TieredStopAtLevel=1", "-Xmx256m", "-XX:+UseSerialGC", "-jar", join(folder, jar)];
  const server = await startProcess("java", java, {
    log: join(dir, "server.log"),
    env: { ...process.env, QUARKUS_HTTP_PORT: String(port), QUARKUS_HTTP_HOST: "127.0.0.1" },
    answers: async () => {
      const response = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(2_000) });
      if (!response.ok) throw new Error(`${url}/subjects answered ${response.status}`);
    },
  });
  return {
    url,
    async stop() {
      await server.end("SIGTERM");
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
