import { parseBlueprint, useCaseDeclarations, type Blueprint } from "../../blueprints/index.ts";
import { askedVersion } from "../../catalogue/index.ts";
import { defineCommand } from "../define-command.ts";
import { UsageError } from "../exit-codes.ts";
import { flag } from "../flags/flag.ts";
import { readText } from "../process/read-text.ts";
import { readVersions } from "../process/blueprints/versions.ts";
import { withTools } from "../process/with-tools.ts";
import type { Output } from "../text/output.ts";

export const typesCommand = defineCommand({
  name: "types",
  about: "TypeScript declarations of a use case, for the product's compiler; of a file no loop is needed",
  flags: {
    useCase: flag("--use-case <name>", "which use case: its live version"),
    blueprint: flag("--blueprint <file>", "of the blueprint in this file instead"),
  },
  more: "\nFor example: loopstream types --use-case parcels > parcels.d.ts",
  async run({ settings, output, flags: { useCase, blueprint: file } }) {
    if (file !== undefined) return say(fromFile(file, useCase), output);
    if (useCase === undefined) throw new UsageError("of which use case? Add --use-case <name> or --blueprint <file>");
    return withTools(
      settings,
      async (tools) => say(askedVersion(await readVersions(tools), useCase, undefined, Date.now()).blueprint, output),
      { useCase },
    );
  },
});

function fromFile(file: string, useCase: string | undefined): Blueprint {
  const blueprint = parseBlueprint(readText(file), file);
  if (useCase === undefined || useCase === blueprint.useCase) return blueprint;
  throw new UsageError(`--use-case ${useCase}: ${file} is of use case ${blueprint.useCase}`);
}

function say(blueprint: Blueprint, output: Output): void {
  const { useCase, version } = blueprint;
  output.result({ useCase, version, text: useCaseDeclarations(blueprint) }, ({ text }) => text.trimEnd());
}
