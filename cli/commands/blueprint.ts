import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { checkBlueprint, type CheckedBlueprint } from "../../blueprints/index.ts";
import { blueprintTable, modelTable } from "../../catalogue/index.ts";
import { readTable } from "../../streams/index.ts";
import { listVersions, publishBlueprint, storeBlueprint, withdrawBlueprint, type Tools } from "../../loop/index.ts";
import { parseTime, run, withSettings } from "../command.ts";
import { withTools } from "../process/with-tools.ts";
import { UsageError } from "../exit-codes.ts";
import { publishedText, sayWarming, unservedText, versionRow } from "../text/blueprint-text.ts";
import { table, type Output } from "../text/output.ts";
import type { SettingsFlags } from "../flags/settings.ts";

interface Flags extends SettingsFlags {
  readonly json?: boolean;
  readonly from?: string;
  readonly notLive?: boolean;
  readonly atOnce?: boolean;
}

export function blueprintCommand(parent: Command): void {
  const command = parent.command("blueprint").description("blueprint versions: check, publish, list, show, withdraw");
  withSettings(command.command("check"))
    .description("say what is wrong with a file, by line and field; publishes nothing")
    .argument("<file>")
    .action((file: string, flags: Flags) =>
      run(flags, async ({ output }) => {
        const { blueprint, warnings } = checkBlueprint(readText(file), file);
        const { useCase, version, features } = blueprint;
        sayWarnings(warnings, output);
        output.result({ useCase, version, features: features.length, warnings }, () => {
          const doubts = warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`;
          return `${useCase} ${version}: ${features.length} features, ${warnings.length === 0 ? "no problem" : doubts}`;
        });
      }),
    );
  withSettings(command.command("publish"))
    .description("publish a version and make it live")
    .argument("<file>")
    .option("--from <time>", "live after this time (default: now; the first version of a use case: from the beginning)")
    .option("--not-live", "publish it only: to replay history by it and to train for it before it decides")
    .option("--at-once", "do not wait until running instances have filled its new windows: its decisions wait for that")
    .addHelpText(
      "after",
      "\nWhile a loop runs, a version with new windows is first published and not live; the one before answers until every running " +
        "instance has filled them from the retained events. Stopped meanwhile, the same command goes on.",
    )
    .action((file: string, flags: Flags) =>
      run(flags, ({ settings, output }) => {
        const text = readText(file);
        const { blueprint, warnings } = checkBlueprint(text, file);
        const { useCase } = blueprint;
        sayWarnings(warnings, output);
        const work = async (tools: Tools): Promise<void> => {
          if (flags.notLive === true) {
            if (flags.from !== undefined)
              throw new UsageError("--from says when it is live: leave it out with --not-live");
            if (flags.atOnce === true) throw new UsageError("--at-once makes it live: leave it out with --not-live");
            output.result({ ...(await storeBlueprint(tools, text)), warnings }, publishedText);
            return;
          }
          const from = flags.from === undefined ? undefined : parseTime(flags.from, "--from");
          const onWarming = sayWarming((line) => output.say(line));
          const published = await publishBlueprint(tools, text, from, { atOnce: flags.atOnce === true, onWarming });
          const models = await readTable(tools.backbone, tools.serdes, modelTable);
          output.result({ ...published, warnings }, publishedText);
          const unserved = unservedText(blueprint, models);
          if (unserved !== undefined) output.say(unserved);
        };
        return withTools(settings, work, { useCase });
      }),
    );
  withSettings(command.command("list", { isDefault: true }))
    .description("all versions: which are live, since when and until when")
    .action((flags: Flags) =>
      run(flags, ({ settings, output }) =>
        withTools(
          settings,
          async (tools) =>
            output.result(await listVersions(tools, Date.now()), (listed) =>
              table(["use case", "version", "state", "since", "until"], listed.map(versionRow)),
            ),
          {},
        ),
      ),
    );
  withSettings(command.command("show"))
    .description("the text of a version")
    .argument("<useCase>")
    .argument("<version>")
    .action((useCase: string, version: string, flags: Flags) =>
      run(flags, ({ settings, output }) =>
        withTools(
          settings,
          async (tools) => {
            const found = (await readTable(tools.backbone, tools.serdes, blueprintTable)).get(`${useCase}/${version}`);
            if (found === undefined) throw new UsageError(`use case "${useCase}" has no blueprint version ${version}`);
            output.result(found, ({ text }) => text);
          },
          { useCase },
        ),
      ),
    );
  withSettings(command.command("withdraw"))
    .description("turn a live version off; decisions are null until another one is live")
    .argument("<useCase>")
    .argument("<version>")
    .action((useCase: string, version: string, flags: Flags) =>
      run(flags, ({ settings, output }) =>
        withTools(
          settings,
          async (tools) => {
            await withdrawBlueprint(tools, useCase, version, Date.now());
            output.result({ useCase, version, live: false }, () => `${useCase} ${version} is withdrawn`);
          },
          { useCase },
        ),
      ),
    );
}

/** On stderr; a program finds them in the result. */
function sayWarnings(warnings: CheckedBlueprint["warnings"], { json }: Output): void {
  if (json) return;
  for (const { message } of warnings) process.stderr.write(`warning: ${message}\n`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
