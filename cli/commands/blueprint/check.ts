import { checkBlueprint, stateCosts, windowGroups } from "../../../blueprints/index.ts";
import { defineCommand } from "../../define-command.ts";
import { readText } from "../../process/read-text.ts";
import { costsText } from "../../text/costs-text.ts";
import { sayWarnings } from "../../text/blueprint-text.ts";

export const checkCommand = defineCommand({
  name: "check",
  about: "show the faults of a file, by line and field, and what its state costs; publishes nothing",
  args: { file: ["<file>"] },
  async run({ args: { file }, output }) {
    const { blueprint, warnings } = checkBlueprint(readText(file), file);
    const { useCase, version, features } = blueprint;
    sayWarnings(warnings, output, blueprint.text);
    const costs = stateCosts(windowGroups(blueprint), blueprint.tables);
    output.result({ useCase, version, features: features.length, warnings, costs }, () => {
      const doubts = warnings.length === 1 ? "1 warning" : `${warnings.length} warnings`;
      const found = `${useCase} ${version}: ${features.length} features, ${warnings.length === 0 ? "no problem" : doubts}`;
      return [found, ...costsText(costs)].join("\n");
    });
  },
});
