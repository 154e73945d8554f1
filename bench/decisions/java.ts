import { execFile } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const folder = resolve(import.meta.dirname, "../peers");

/** Builds the Java peers with Maven if their sources are newer. @returns the class path. */
export async function javaPeers(): Promise<string> {
  const jar = join(folder, "target/bench-peers-1.jar");
  const sources = join(folder, "src/main/java/loopstream/bench");
  const newest = Math.max(
    ...[join(folder, "pom.xml"), ...readdirSync(sources).map((name) => join(sources, name))].map(
      (file) => statSync(file).mtimeMs,
    ),
  );
  if (!existsSync(jar) || statSync(jar).mtimeMs < newest) {
    console.log("building bench/peers with Maven …");
    await promisify(execFile)("mvn", ["-q", "-B", "-ntp", "-f", folder, "package"], { maxBuffer: 64 << 20 });
  }
  return `${jar}:${join(folder, "target/lib")}/*`;
}

/**
 * A heap that the work fits in with room to spare, all of it touched at once so that it does not grow in the middle of a run, and the
 * collector with the best throughput. Everything else is the JVM's default.
 */
export const javaFlags: readonly string[] = ["-Xms512m", "-Xmx512m", "-XX:+UseParallelGC"];
