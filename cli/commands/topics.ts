import { join } from "node:path";
import type { Command } from "commander";
import { readRaw, StreamsError } from "../../streams/index.ts";
import { formatDuration } from "../../blueprints/index.ts";
import { askedRetention, repartitionLoop } from "../../loop/index.ts";
import { run, withSettings } from "../command.ts";
import { connectHere } from "../process/connection.ts";
import { withTools } from "../process/with-tools.ts";
import { UsageError } from "../exit-codes.ts";
import { parseWhole } from "../flags/numbers.ts";
import { shownTime, table } from "../text/output.ts";
import { progress } from "../text/progress.ts";
import type { SettingsFlags } from "../flags/settings.ts";

interface Flags extends SettingsFlags {
  readonly json?: boolean;
  readonly limit: string;
}

export function topicsCommand(parent: Command): void {
  const command = parent.command("topics").description("topics: list them, read their records");
  withSettings(command.command("list", { isDefault: true }))
    .description("every topic with its partitions, offsets and how long it keeps its records")
    .action((flags: Flags) =>
      run(flags, ({ settings, output }) =>
        withTools(settings, async (tools) => {
          const { backbone } = tools;
          const names = await backbone.topics();
          const asked = await askedRetention(tools);
          const kept = new Map((await backbone.retention(names)).map(({ topic, retentionMs }) => [topic, retentionMs]));
          const offsets = Map.groupBy(await backbone.offsets(names), ({ topic }) => topic);
          const listed = names.map((topic) => {
            const at = offsets.get(topic) ?? [];
            const retentionMs = kept.get(topic) ?? null;
            return {
              topic,
              partitions: at.length,
              end: at.reduce((sum, { end }) => sum + end, 0),
              retentionMs,
              askedMs: asked.get(topic) ?? retentionMs,
            };
          });
          output.result(listed, () =>
            table(
              ["topic", "partitions", "written", "kept"],
              listed.map(({ topic, partitions, end, retentionMs, askedMs }) => [
                topic,
                partitions,
                end,
                askedMs === retentionMs ? span(retentionMs) : `${span(retentionMs)} (${span(askedMs)} asked)`,
              ]),
            ),
          );
        }),
      ),
    );
  withSettings(command.command("read"))
    .description("print records as JSON lines, decoded by the schema that wrote them")
    .argument("<topic>")
    .option("--limit <n>", "at most so many", "20")
    .action((name: string, flags: Flags) =>
      run(flags, ({ settings }) => {
        const limit = parseWhole(flags.limit, "--limit", { min: 0, max: Number.MAX_SAFE_INTEGER });
        return withTools(settings, async ({ backbone, serdes }) => {
          if ((await backbone.partitions(name)) === undefined) {
            throw new UsageError(`there is no topic ${name}: loopstream topics lists them`);
          }
          let left = limit;
          for await (const records of readRaw(backbone, name)) {
            for (const record of records) {
              if (left-- <= 0) return;
              const { partition, offset, timestamp, key, value } = record;
              const problem = record.unreadable?.error.message;
              const nothing = problem === undefined ? null : { undecoded: null, problem };
              const decoded = value === null ? nothing : await decode(value, serdes);
              const line = {
                partition,
                offset,
                time: shownTime(timestamp),
                key: key && Buffer.from(key).toString(),
                value: decoded,
              };
              process.stdout.write(`${JSON.stringify(line, readable)}\n`);
            }
          }
        });
      }),
    );
  withSettings(command.command("repartition"))
    .description(
      "give the loop's inputs and changelogs --partitions in all, and move its state there; stop the loop first",
    )
    .action((flags: Flags) =>
      run(flags, async ({ settings, output }) => {
        if (flags.partitions === undefined)
          throw new UsageError("say how many partitions there are to be: --partitions 6");
        const connection = await connectHere(settings);
        try {
          if (connection.shared) {
            throw new StreamsError(
              "BACKBONE_LOCKED",
              `${settings.dir} is open in another process: stop that one first`,
            );
          }
          const bar = progress("keys moved", null, { enabled: !output.json });
          const { id, partitions } = settings;
          const stateDir = join(settings.dir, "state");
          const { backbone } = connection;
          const onProgress = (changelog: string, keys: number): void => bar.update(keys, changelog);
          const done = await repartitionLoop({ id, backbone, stateDir, partitions, onProgress }).finally(() =>
            bar.stop(),
          );
          output.result(
            done,
            () =>
              table(
                ["topic", "had", "has"],
                done.topics.map(({ topic, from, to }) => [topic, from, to]),
              ) + `\n${done.movedKeys} entries of state and timers moved`,
          );
        } finally {
          await connection.close();
        }
      }),
    );
}

const span = (ms: number | null): string => (ms === null ? "for ever" : formatDuration(ms));

async function decode(
  value: Uint8Array,
  serdes: Parameters<Parameters<typeof withTools>[1]>[0]["serdes"],
): Promise<unknown> {
  await serdes.learn(value);
  if (serdes.schemaOf(value) === undefined) return { undecoded: Buffer.from(value).toString("base64") };
  try {
    return serdes.decodeAsWritten(value);
  } catch (error) {
    return { undecoded: Buffer.from(value).toString("base64"), problem: String(error) };
  }
}

/** A number as its digits say, however many. */
const { rawJSON: rawJson } = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** Bytes as text where they are text, else as base64. */
function readable(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return rawJson(value.toString());
  if (typeof value !== "object" || value === null || !("type" in value) || value.type !== "Buffer") return value;
  const bytes = Buffer.from((value as unknown as { data: number[] }).data);
  const text = bytes.toString("utf8");
  return text.includes("\ufffd") || text.includes("\0") ? bytes.toString("base64") : text;
}
