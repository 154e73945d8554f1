import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { bundleOf } from "../../../browser/index.ts";
import { DomainError } from "../../../schemas/index.ts";
import { readArtifact } from "../../../serving/index.ts";
import { defineCommand } from "../../define-command.ts";
import { flag } from "../../flags/flag.ts";
import { readPublished } from "../../process/blueprints/versions.ts";
import { writeAsAskedFor } from "../../process/file-modes.ts";
import { findModel } from "../../process/models.ts";
import { withTools } from "../../process/with-tools.ts";
import { bundledText } from "../../text/models/models-text.ts";
import { validBlueprints } from "../../../catalogue/index.ts";

export const bundleCommand = defineCommand({
  name: "bundle",
  about: "a model with its version, as model.onnx and bundle.json, by which a page decides (loopstream/browser)",
  args: { modelId: ["<modelId>"] },
  flags: { out: flag("--out <dir>", "where the two files go", { required: true }) },
  run: ({ settings, output, args: { modelId }, flags: { out } }) =>
    withTools(settings, async (tools) => {
      const model = await findModel(tools, modelId);
      const { useCase, blueprintVersion: version } = model;
      const published = await readPublished(tools);
      const known = validBlueprints(published);
      const [record, compiled] = [published.get(`${useCase}/${version}`), known.version(useCase, version)];
      if (record === undefined || compiled === undefined) {
        const reason = known.problem(useCase, version) ?? "it is not on the topic of blueprints";
        throw new DomainError("UNKNOWN_VERSION", `blueprint ${useCase}/${version} of model ${modelId}: ${reason}`);
      }
      const onnx = await readArtifact(tools.backbone, tools.serdes, model.artifact);
      const now = Date.now();
      const [parameters, mode] = [known.params(useCase, version, now), known.mode(useCase, version, now)];
      const bundle = bundleOf({
        ...{ model, published: record, compiled, onnx },
        ...{ parameters, mode, salt: settings.salt },
      });
      await mkdir(out, { recursive: true });
      await writeAsAskedFor(join(out, "model.onnx"), onnx);
      await writeAsAskedFor(join(out, "bundle.json"), Buffer.from(`${JSON.stringify(bundle, undefined, 2)}\n`));
      const { blueprint: _, categories: __, ...told } = bundle;
      output.result({ ...told, onnxBytes: onnx.length }, () => bundledText(bundle, onnx.length, out));
    }),
});
