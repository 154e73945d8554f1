import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const here = import.meta.dirname;
const pom = join(here, "pom.xml");

/** Where the servers' jars are kept, one folder for each version of `pom.xml`; git ignores it. */
const cache = resolve(here, "../../.servers");

export interface Artifacts {
  /** A folder of jars: the broker and an Avro library for Java programs. */
  readonly kafka: string;
  /** A folder with the registry's `*-runner.jar`. */
  readonly registry: string;
}

/** Whether this machine can start the servers, or the sentence that says what is missing. */
export function missingTools(): string | undefined {
  const missing = ["java", "mvn"].filter((tool) => spawnSync(tool, ["-version"], { stdio: "ignore" }).status !== 0);
  if (missing.length === 0) return undefined;
  return (
    `The test servers need ${missing.join(" and ")}, which ${missing.length > 1 ? "are" : "is"} not on the PATH. Install a JDK 17 or newer and Maven ` +
    "(Debian: apt-get install openjdk-17-jre-headless maven), or set KAFKA_BROKERS and SCHEMA_REGISTRY to running servers."
  );
}

let found: Promise<Artifacts> | undefined;

/** Downloads with Maven the first time; later calls only look. Two processes may do it at once. */
export function artifacts(): Promise<Artifacts> {
  return (found ??= find());
}

async function find(): Promise<Artifacts> {
  const dir = join(cache, createHash("sha256").update(readFileSync(pom)).digest("hex").slice(0, 12));
  if (!existsSync(dir)) {
    const missing = missingTools();
    if (missing !== undefined) throw new Error(missing);
    await download(dir);
  }
  return { kafka: join(dir, "kafka"), registry: join(dir, "registry") };
}

async function download(dir: string): Promise<void> {
  const partial = `${dir}.${process.pid}`;
  mkdirSync(dirname(dir), { recursive: true });
  try {
    const args = ["-q", "-B", "-ntp", "-f", pom, `-Dservers=${partial}`, "generate-resources"];
    await promisify(execFile)("mvn", args, { maxBuffer: 64 << 20 });
    renameSync(partial, dir);
  } catch (error) {
    if (existsSync(dir)) return;
    const output = error instanceof Error && "stdout" in error ? String(error.stdout) : "";
    throw new Error(`Maven could not fetch the test servers (${pom}).\n${output}`, { cause: error });
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
