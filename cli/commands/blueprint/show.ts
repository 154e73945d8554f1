import { blueprintTable } from "../../../catalogue/index.ts";
import { readTable } from "../../../streams/index.ts";
import { defineCommand } from "../../define-command.ts";
import { withTools } from "../../process/with-tools.ts";
import { DomainError } from "../../../schemas/index.ts";

export const showCommand = defineCommand({
  name: "show",
  about: "the text of a version",
  args: { useCase: ["<useCase>"], version: ["<version>"] },
  run: ({ settings, output, args: { useCase, version } }) =>
    withTools(
      settings,
      async ({ backbone, serdes }) => {
        const found = (await readTable(backbone, serdes, blueprintTable)).get(`${useCase}/${version}`);
        if (found === undefined)
          throw new DomainError("UNKNOWN_VERSION", `use case "${useCase}" has no blueprint version ${version}`);
        output.result(found, ({ text }) => text);
      },
      { useCase },
    ),
});
