import { isUtf8 } from "node:buffer";
import { existsSync, readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { syncModes, withoutSecrets } from "../../streams/index.ts";
import { SettingsError } from "./settings-error.ts";
import { replyPrefixes, replyPrefixHelp, type SettingsOptions } from "./settings.ts";

const shape = z.strictObject({
  brokers: z.union([z.string(), z.array(z.string())]).optional(),
  registry: z.string().optional(),
  dir: z.string().optional(),
  partitions: z.number().int().positive().optional(),
  replicationFactor: z.number().int().positive().optional(),
  minInsyncReplicas: z.number().int().positive().optional(),
  security: z.record(z.string(), z.string("write it in quotes")).optional(),
  id: z.string().optional(),
  salt: z.string().optional(),
  commitIntervalMs: z.number().nonnegative().optional(),
  delivery: z.enum(["exactlyOnce", "atLeastOnce"]).optional(),
  kafka: z
    .strictObject({
      client: z.enum(["kafkajs", "platformatic"]).optional(),
      instanceId: z.string().min(1).optional(),
      sessionTimeoutMs: z.number().int().min(1_000).optional(),
    })
    .optional(),
  replies: z.strictObject({ prefix: z.string().regex(replyPrefixes, replyPrefixHelp).optional() }).optional(),
  standbyReplicas: z.number().int().nonnegative().optional(),
  sync: z.enum(syncModes).optional(),
  state: z
    .strictObject({
      engine: z.enum(["leveldb", "rocksdb"]).optional(),
      memoryMiB: z.number().positive().optional(),
      windowsMiB: z.number().positive().optional(),
      lookupMs: z.number().int().positive().optional(),
    })
    .optional(),
  http: z
    .strictObject({
      port: z.number().int().min(0).max(65_535),
      host: z.string().min(1).optional(),
      tokensFile: z.string().min(1).optional(),
      auth: z.enum(["tokens", "none"]).optional(),
    })
    .optional(),
});

/**
 * Settings from a YAML file, by the keys in `docs/kafka.md`. Throws a `SettingsError` that names the file and the
 * field.
 * @param path absent: `loopstream.yaml` in the working directory, if it exists
 */
export function readSettingsFile(path?: string): SettingsOptions {
  const name = path ?? "loopstream.yaml";
  if (!existsSync(name)) {
    if (path === undefined) return {};
    throw new SettingsError(`${path}: there is no such file`);
  }
  const result = shape.safeParse(parsed(name, textOf(name)) ?? {});
  if (result.success) return asOptions(result.data);
  const problems = result.error.issues.map(
    (issue) => `${name}: ${issue.path.join(".") || "settings"}: ${issue.message}`,
  );
  throw new SettingsError(withoutSecrets(problems.join("\n")));
}

function asOptions({ brokers, kafka, replies, state, ...same }: z.infer<typeof shape>): SettingsOptions {
  return {
    ...same,
    brokers: typeof brokers === "string" ? brokers.split(",") : brokers,
    kafkaClient: kafka?.client,
    instanceId: kafka?.instanceId,
    sessionTimeoutMs: kafka?.sessionTimeoutMs,
    replyPrefix: replies?.prefix,
    stateEngine: state?.engine,
    stateMemoryMiB: state?.memoryMiB,
    windowsMiB: state?.windowsMiB,
    lookupMs: state?.lookupMs,
  };
}

/** Bytes that are no UTF-8 would be other characters, in a password for one. */
function textOf(name: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(name);
  } catch (error) {
    throw new SettingsError(`${name} can't be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  if (isUtf8(bytes)) return bytes.toString();
  throw new SettingsError(`${name}: the text is not UTF-8. Save the file as UTF-8`);
}

/**
 * A problem is reported by its place and kind alone: the library's message shows the line, which may hold a password.
 */
function parsed(name: string, text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [problem] = document.errors;
  if (problem === undefined) return document.toJS() as unknown;
  const { line, col } = lines.linePos(problem.pos[0]);
  throw new SettingsError(`${name}: line ${line}, column ${col}: this is no YAML (${problem.code})`);
}
