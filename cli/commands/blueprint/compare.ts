import { askedVersion, blueprintTable, shadowSpans, validBlueprints } from "../../../catalogue/index.ts";
import { shadowView } from "../../../loop/index.ts";
import { openSpill } from "../../../rows/index.ts";
import { DomainError } from "../../../schemas/index.ts";
import { readTable, streamsLimits } from "../../../streams/index.ts";
import { compareShadow } from "../../../trainer/index.ts";
import { defineCommand } from "../../define-command.ts";
import { publishedVersion } from "../../process/blueprints/published.ts";
import { withTools } from "../../process/with-tools.ts";
import { figuresText } from "../../text/shadow-text.ts";

export const compareCommand = defineCommand({
  name: "compare",
  about:
    "what a version in shadow decided, beside the live one: flipped values, predictions, metrics where labels are there",
  args: { useCase: ["<useCase>"], version: ["<version>"] },
  run: ({ settings, output, args: { useCase, version } }) =>
    withTools(
      settings,
      async ({ backbone, serdes }) => {
        const table = await readTable(backbone, serdes, blueprintTable);
        const spans = shadowSpans(publishedVersion(table, useCase, version));
        if (spans.length === 0) {
          const next = `loopstream blueprint shadow ${useCase} ${version} puts it there`;
          throw new DomainError("ILLEGAL_MOVE", `version ${version} of "${useCase}" was never in shadow: ${next}`);
        }
        const known = validBlueprints(table);
        const shadow = shadowView(backbone, { useCase, version });
        const figures = await compareShadow(
          { live: backbone, shadow, serdes },
          askedVersion(known, useCase, version),
          known,
          {
            ...{ spans, bytes: streamsLimits.rowsHeldBytes, spill: openSpill },
          },
        );
        output.result({ useCase, version, ...figures }, figuresText);
      },
      { useCase },
    ),
});
