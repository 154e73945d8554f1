import type { Command } from "commander";
import type { ModelRecorded } from "../../schemas/index.ts";
import type { Tools } from "../../topologies/index.ts";
import { moveModel, readModels } from "../../trainer/index.ts";
import { run, withSettings } from "../command.ts";
import { withTools } from "../connect.ts";
import { UsageError } from "../exit-codes.ts";
import { table } from "../output.ts";
import type { SettingsFlags } from "../settings.ts";

interface Flags extends SettingsFlags {
  readonly json?: boolean;
  readonly useCase?: string;
}

export function modelsCommand(parent: Command): void {
  const command = parent.command("models").description("trained models, their evidence and their states");
  withSettings(command.command("list", { isDefault: true }))
    .description("all models, oldest first")
    .option("--use-case <name>", "of this use case only")
    .action((flags: Flags) =>
      run(flags, ({ settings, output }) =>
        withTools(settings, async (tools) => {
          const all = (await readModels(tools)).filter(
            ({ useCase }) => flags.useCase === undefined || useCase === flags.useCase,
          );
          output.result(all, (listed) =>
            table(
              ["use case", "model", "state", "until", "rows", "evidence"],
              listed.map(({ useCase, modelId, states, provenance }) => [
                useCase,
                modelId,
                states.at(-1)!.state,
                new Date(provenance.until).toISOString().slice(0, 16),
                provenance.rows,
                states.at(-1)!.reason,
              ]),
            ),
          );
        }),
      ),
    );
  withSettings(command.command("show"))
    .description("one model with its provenance")
    .argument("<modelId>")
    .action((modelId: string, flags: Flags) =>
      run(flags, ({ settings, output }) =>
        withTools(settings, async (tools) => {
          output.result(await findModel(tools, modelId), (model) => JSON.stringify(model, null, 2));
        }),
      ),
    );
  const moves = [
    ["withdraw", "withdrawn", "take a model out of production at once; decisions are null until another one is in"],
    ["promote", "production", "put a model into production at once, whatever the gate said"],
  ] as const;
  for (const [name, state, description] of moves) {
    withSettings(command.command(name))
      .description(description)
      .argument("<modelId>")
      .option("--reason <text>", "for the record", "by hand")
      .action((modelId: string, flags: Flags & { readonly reason: string }) =>
        run(flags, ({ settings, output }) =>
          withTools(settings, async (tools) => {
            await findModel(tools, modelId);
            const [value] = await moveModel(tools, modelId, state, Date.now(), flags.reason);
            output.result(value, () => `${modelId} is ${state}`);
          }),
        ),
      );
  }
}

async function findModel(tools: Tools, modelId: string): Promise<ModelRecorded> {
  const model = (await readModels(tools)).find((known) => known.modelId === modelId);
  if (model === undefined) throw new UsageError(`there is no model ${modelId}: loopstream models lists them`);
  return model;
}
