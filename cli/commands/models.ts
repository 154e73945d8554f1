import { chmod, writeFile } from "node:fs/promises";
import type { Command } from "commander";
import type { ModelRecorded } from "../../schemas/index.ts";
import type { Tools } from "../../loop/index.ts";
import { moveModel, readModels } from "../../catalogue/index.ts";
import type { Rebuilt } from "../../trainer/index.ts";
import { asAskedFor } from "../process/file-modes.ts";
import { run, withSettings } from "../command.ts";
import { withTools } from "../process/with-tools.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { shownTime, table, type Output } from "../text/output.ts";
import { progress } from "../text/progress.ts";
import type { SettingsFlags } from "../flags/settings.ts";

interface Flags extends SettingsFlags {
  readonly json?: boolean;
  readonly useCase?: string;
}

interface RebuildFlags extends Flags {
  readonly all?: boolean;
  readonly out?: string;
}

export function modelsCommand(parent: Command): void {
  const command = parent.command("models").description("trained models, their evidence and their states");
  withSettings(command.command("list", { isDefault: true }))
    .description("all models, oldest first: version, when each was in production, and until when its rows go")
    .option("--use-case <name>", "of this use case only")
    .action((flags: Flags) =>
      run(flags, ({ settings, output }) =>
        withTools(
          settings,
          async (tools) => {
            output.result(ofUseCase(await readModels(tools), flags.useCase), (listed) =>
              table(
                ["use case", "model", "version", "state", "since", "until", "rows", "rows until", "evidence"],
                listed.map(({ useCase, modelId, blueprintVersion, states, provenance }) => [
                  useCase,
                  modelId,
                  blueprintVersion,
                  states.at(-1)?.state ?? "none",
                  ...servedFrom(states),
                  provenance.rows,
                  shownMinute(provenance.until),
                  states.at(-1)?.reason ?? "",
                ]),
              ),
            );
          },
          { useCase: flags.useCase },
        ),
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
  withSettings(command.command("rebuild"))
    .description(
      "train models again from their provenance and compare the files; publishes nothing, exit code 1 if one differs",
    )
    .argument("[modelId]")
    .option("--all", "every model there is")
    .option("--use-case <name>", "with --all: of this use case only")
    .option("--out <file>", "write the rebuilt ONNX file")
    .action((modelId: string | undefined, flags: RebuildFlags) =>
      run(flags, ({ settings, output }) =>
        withTools(settings, (tools) => rebuild(tools, output, modelId, flags), { useCase: flags.useCase }),
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

/** When it went into production for the first time and when it left for good, where it did. */
function servedFrom(states: ModelRecorded["states"]): readonly [since: string, until: string] {
  const first = states.find(({ state }) => state === "production");
  if (first === undefined) return ["", ""];
  const last = states.findLastIndex(({ state }) => state === "production");
  const end = states[last + 1];
  return [shownMinute(first.time), end === undefined ? "" : shownMinute(end.time)];
}

const shownMinute = (ms: number): string => shownTime(ms).replace(/:\d{2}\.\d{3}Z$/, "Z");

async function rebuild(
  tools: Tools,
  output: Output,
  modelId: string | undefined,
  flags: RebuildFlags,
): Promise<number> {
  if ((modelId === undefined) !== (flags.all === true)) throw new UsageError("name one model, or --all of them");
  if (flags.out !== undefined && flags.all === true) throw new UsageError("--out takes the file of one model");
  const wanted =
    modelId === undefined ? ofUseCase(await readModels(tools), flags.useCase) : [await findModel(tools, modelId)];
  const bar = progress("rebuild", wanted.length, { enabled: !output.json });
  const rebuilt: Omit<Rebuilt, "onnx">[] = [];
  for (const model of wanted) {
    bar.update(rebuilt.length, model.modelId);
    const { onnx, ...told } = await tools.trainer.rebuild(model);
    if (flags.out !== undefined && onnx !== null) {
      const { out } = flags;
      await writeFile(out, onnx);
      await asAskedFor({ chmod: (mode) => chmod(out, mode) });
    }
    rebuilt.push(told);
    if (flags.all === true && !output.json) output.say(rebuiltLine(told));
  }
  bar.stop();
  const equal = rebuilt.filter((model) => model.equal).length;
  if (flags.all === true) {
    output.result({ models: rebuilt.length, equal, rebuilt }, () => `${equal} of ${rebuilt.length} models are equal`);
  } else output.result(rebuilt[0]!, rebuiltLine);
  return equal === rebuilt.length ? exitCodes.ok : exitCodes.failed;
}

function rebuiltLine({ modelId, expected, actual, equal, rows, header, problem }: Omit<Rebuilt, "onnx">): string {
  return [
    `${modelId}  ${equal ? "equal" : actual === null ? "NOT REBUILT" : "DIFFERS"}  ${rows} rows`,
    `  published ${expected}`,
    ...(actual === null ? [] : [`  rebuilt   ${actual}`]),
    ...(problem === null ? [] : [`  ${problem}`]),
    ...(header === "differs" ? ["  the file's provenance header is not what the model's record says"] : []),
  ].join("\n");
}

function ofUseCase(all: readonly ModelRecorded[], useCase: string | undefined): readonly ModelRecorded[] {
  return all.filter((model) => useCase === undefined || model.useCase === useCase);
}

async function findModel(tools: Tools, modelId: string): Promise<ModelRecorded> {
  const model = (await readModels(tools)).find((known) => known.modelId === modelId);
  if (model === undefined) throw new UsageError(`there is no model ${modelId}: loopstream models lists them`);
  return model;
}
