import type { Command } from "commander";
import { nearest } from "../../blueprints/index.ts";
import { validBlueprints, blueprintTable } from "../../catalogue/index.ts";
import { readTable, Serdes } from "../../streams/index.ts";
import { parsePairs, parsePastTime, run, withSettings } from "../command.ts";
import type { Connection } from "../../loop/index.ts";
import type { SettingsFlags } from "../flags/settings.ts";
import { withClient } from "../process/with-client.ts";

interface EventFlags extends SettingsFlags {
  readonly json?: boolean;
  readonly time?: string;
  readonly key?: string;
  readonly strict?: boolean;
}

export function eventCommand(parent: Command): void {
  withSettings(parent.command("event"))
    .description("say that something happened, whether or not a decision was asked for")
    .argument("<kind>", "what it is, as blueprints name it")
    .argument("[attributes...]", "name=value …: what it belongs to and what it measures")
    .option("--strict", "refuse a kind that no blueprint knows")
    .option("--time <time>", "when it happened (default: now)")
    .option("--key <text>", "of the record on Kafka (default: the kind)")
    .action((kind: string, attributes: readonly string[], flags: EventFlags) =>
      run(flags, ({ settings, output }) =>
        withClient(settings, flags.strict === true, async (client, connection) => {
          const stored = await client.logEvent(kind, parsePairs(attributes), {
            throwOnError: true,
            ...(flags.time === undefined ? {} : { time: parsePastTime(flags.time, "--time") }),
            ...(flags.key === undefined ? {} : { key: flags.key }),
          });
          const unknown = await unknownKind(kind, connection);
          if (unknown !== undefined) process.stderr.write(`loopstream: ${unknown}\n`);
          output.result({ ...stored, kind }, () => `recorded ${kind}`);
        }),
      ),
    );
}

/** It is kept all the same: a later version may name it. */
async function unknownKind(
  kind: string,
  { backbone, registry, subjectPrefix }: Connection,
): Promise<string | undefined> {
  if ((await backbone.partitions(blueprintTable.topic.name)) === undefined) return undefined;
  const known = validBlueprints(await readTable(backbone, new Serdes(registry, subjectPrefix), blueprintTable));
  const kinds = new Set(known.all().flatMap(({ blueprint }) => Object.keys(blueprint.events)));
  if (kinds.has(kind)) return undefined;
  const near = nearest(kind, kinds);
  return `no blueprint knows events of kind ${kind}${near === null ? "" : `; is it ${near}?`}`;
}
