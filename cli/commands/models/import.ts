import { basename } from "node:path";
import { importModel } from "../../../trainer/index.ts";
import { defineCommand } from "../../define-command.ts";
import { importModelFlags } from "../../flags/import-model-flags.ts";
import { checkTopic } from "../../process/check-topic.ts";
import { readJsonFile, readModelFile } from "../../process/read-model-file.ts";
import { withTools } from "../../process/with-tools.ts";
import { importedJson, importedText } from "../../text/models/trained-text.ts";
import { tellLeftOut } from "../../text/left-out.ts";

export const importModelCommand = defineCommand({
  name: "import",
  about: "publish a model that was trained elsewhere, as ONNX; it goes to production only if it beats the one there",
  flags: importModelFlags,
  run: ({ settings, output, flags: { onnx, features, categories, until, rows, output: asked, ...given } }) =>
    withTools(
      settings,
      async (tools) => {
        if (rows !== undefined) await checkTopic(tools, "--rows", rows);
        const result = await importModel(tools, {
          ...{ ...given, output: asked, rowsTopic: rows },
          ...{ onnx: await readModelFile(onnx), file: basename(onnx) },
          ...{ features: readJsonFile("--features", features), categories: readJsonFile("--categories", categories) },
          ...(until === undefined ? { until: Date.now(), publishedAt: Date.now } : { until }),
        });
        output.result(importedJson(result), importedText);
        return tellLeftOut(result.leftOut, result.treated);
      },
      { useCase: given.useCase, rowsTopic: rows },
    ),
});
