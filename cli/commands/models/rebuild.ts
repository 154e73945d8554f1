import { rebuildModel, type Rebuilt } from "../../../trainer/index.ts";
import { defineCommand } from "../../define-command.ts";
import { exitCodes, UsageError } from "../../exit-codes.ts";
import { flag, toggle } from "../../flags/flag.ts";
import { writeAsAskedFor } from "../../process/file-modes.ts";
import { findModel, modelsOf } from "../../process/models.ts";
import { withTools } from "../../process/with-tools.ts";
import { rebuiltAllText, rebuiltText } from "../../text/models/models-text.ts";
import { progress } from "../../text/progress.ts";

export const rebuildCommand = defineCommand({
  name: "rebuild",
  about:
    "train models again from their provenance and compare the files; publishes nothing, exit code 1 if one differs; one that was imported can't be",
  args: { modelId: ["[modelId]"] },
  flags: {
    all: toggle("--all", "every model there is"),
    useCase: flag("--use-case <name>", "with --all: of this use case only"),
    out: flag("--out <file>", "write the rebuilt ONNX file"),
  },
  async run({ settings, output, args: { modelId }, flags: { all, useCase, out } }) {
    if ((modelId === undefined) !== all) throw new UsageError("name one model, or --all of them");
    if (out !== undefined && all) throw new UsageError("--out takes the file of one model");
    return withTools(
      settings,
      async (tools) => {
        const wanted = modelId === undefined ? await modelsOf(tools, useCase) : [await findModel(tools, modelId)];
        const bar = progress("rebuild", wanted.length);
        const rebuilt: Omit<Rebuilt, "onnx">[] = [];
        for (const model of wanted) {
          bar.update(rebuilt.length, model.modelId);
          const { onnx, ...told } = await rebuildModel(tools, model);
          if (out !== undefined && onnx !== null) await writeAsAskedFor(out, onnx);
          rebuilt.push(told);
          if (all && !output.json) output.say(rebuiltText(told));
        }
        bar.stop();
        const equal = rebuilt.filter((model) => model.equal).length;
        const imported = rebuilt.filter((model) => model.imported).length;
        const own = rebuilt.length - imported;
        if (all) {
          const result = { models: rebuilt.length, equal, imported, rebuilt };
          output.result(result, () => rebuiltAllText(result));
        } else output.result(rebuilt[0]!, rebuiltText);
        return equal === (all ? own : 1) ? exitCodes.ok : exitCodes.failed;
      },
      { useCase },
    );
  },
});
