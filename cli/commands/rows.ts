import { askedVersion } from "../../catalogue/index.ts";
import { defineCommand } from "../define-command.ts";
import { rowsExportOf, rowsFlags } from "../flags/export-flags.ts";
import { flag } from "../flags/flag.ts";
import { parseTime } from "../flags/times.ts";
import { checkTopic } from "../process/check-topic.ts";
import { exportDsjson } from "../process/exports/export-dsjson.ts";
import { exportRows } from "../process/exports/export-rows.ts";
import { readVersions } from "../process/blueprints/versions.ts";
import { withTools } from "../process/with-tools.ts";
import { sourceOf } from "../recompute/source.ts";
import { tellLeftOut, tellLeftOutBandits } from "../text/left-out.ts";
import { progress } from "../text/progress.ts";

export const rowsCommand = defineCommand({
  name: "rows",
  about: "export training rows, the newest of each decision, in the order of the decisions' times",
  flags: {
    useCase: flag("--use-case <name>", "whose rows", { required: true }),
    ...rowsFlags,
    asOf: flag("--as-of <time>", "only what was known by this time: rows and labels as they were then", {
      parse: parseTime,
    }),
    topic: flag("--topic <name>", "topic of the rows, as a replay printed it (default: the use case's own topic)"),
    version: flag(
      "--blueprint <version>",
      "columns of this version, and the rows it may train on (default: the live one)",
    ),
  },
  run: ({ settings, output, flags: { useCase, topic, version, asOf, ...given } }) => {
    const asked = rowsExportOf({ ...given, topic });
    return withTools(
      settings,
      async (tools) => {
        const known = await readVersions(tools);
        const compiled = askedVersion(known, useCase, version);
        if (topic !== undefined) await checkTopic(tools, "--topic", topic);
        const bar = progress("rows", null);
        const onTaken = (taken: number, total: number): void => bar.update(taken, "records written", total);
        const from = { compiled, known, asOf, onTaken };
        if (asked.format === "dsjson") {
          const source = sourceOf(tools, settings.salt);
          const made = await exportDsjson(source, { ...from, ...asked }).finally(() => bar.stop());
          return tellLeftOutBandits(output, asked.out, made);
        }
        const { written, leftOut } = await exportRows(tools, { ...from, ...asked, topic }).finally(() => bar.stop());
        if (asked.out !== "-")
          output.result({ rows: written, file: asked.out, leftOut }, () => `${written} rows in ${asked.out}`);
        return tellLeftOut(leftOut);
      },
      { useCase, rowsTopic: topic },
    );
  },
});
