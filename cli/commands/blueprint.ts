import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { checkBlueprint, type CheckedBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../operators/index.ts";
import { readTable } from "../../streams/index.ts";
import { publishBlueprint, storeBlueprint, withdrawBlueprint, type Tools } from "../../topologies/index.ts";
import { parseTime, run, withSettings } from "../command.ts";
import { withTools } from "../connect.ts";
import { UsageError } from "../exit-codes.ts";
import { shownTime, table, type Output } from "../output.ts";
import type { SettingsFlags } from "../settings.ts";

interface Flags extends SettingsFlags {
  readonly json?: boolean;
  readonly from?: string;
  readonly notLive?: boolean;
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
            const stored = await storeBlueprint(tools, text);
            output.result({ ...stored, warnings }, ({ version, changes }) =>
              [`${useCase} ${version} is published, not live`, ...changes.map((change) => `  ${change}`)].join("\n"),
            );
            return;
          }
          const from = flags.from === undefined ? undefined : parseTime(flags.from, "--from");
          const published = await publishBlueprint(tools, text, from);
          output.result({ ...published, warnings }, ({ version, changes, unchanged }) =>
            [
              `${useCase} ${version} ${unchanged ? "is live already" : "is live"}`,
              ...changes.map((change) => `  ${change}`),
            ].join("\n"),
          );
        };
        return withTools(settings, work, { useCase });
      }),
    );
  withSettings(command.command("list", { isDefault: true }))
    .description("all versions and since when they are live")
    .action((flags: Flags) =>
      run(flags, ({ settings, output }) =>
        withTools(
          settings,
          async (tools) => {
            const all = [...(await readTable(tools.backbone, tools.serdes, blueprintTable)).values()];
            output.result(all, (listed) =>
              table(
                ["use case", "version", "live", "since"],
                listed.map(({ useCase, version, activations }) => {
                  const last = activations.at(-1);
                  return [
                    useCase,
                    version,
                    String(last?.live ?? false),
                    last === undefined ? "" : shownTime(last.time),
                  ];
                }),
              ),
            );
          },
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
