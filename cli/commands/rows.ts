import { askedVersion } from "../../catalogue/index.ts";
import { defineCommand } from "../define-command.ts";
import { exportFlags, exportOf } from "../flags/export-flags.ts";
import { flag } from "../flags/flag.ts";
import { parseTime } from "../flags/times.ts";
import { checkTopic } from "../process/check-topic.ts";
import { exportRows } from "../process/export-rows.ts";
import { readVersions } from "../process/blueprints/versions.ts";
import { withTools } from "../process/with-tools.ts";
import { tellLeftOut } from "../text/left-out.ts";
import { progress } from "../text/progress.ts";

export const rowsCommand = defineCommand({
  name: "rows",
  about: "export training rows, the newest of each decision, in the order of the decisions' times",
  flags: {
    useCase: flag("--use-case <name>", "whose rows", { required: true }),
    ...exportFlags,
    asOf: flag("--as-of <time>", "only what was known by this time: rows and labels as they were then", {
      parse: parseTime,
    }),
    topic: flag("--topic <name>", "topic of the rows, as a replay printed it (default: the use case's own topic)"),
    version: flag(
      "--blueprint <version>",
      "columns of this version, and the rows it may train on (default: the live one)",
    ),
  },
  run: ({ settings, output, flags: { useCase, topic, version, asOf, ...given } }) =>
    withTools(
      settings,
      async (tools) => {
        const known = await readVersions(tools);
        const compiled = askedVersion(known, useCase, version);
        if (topic !== undefined) await checkTopic(tools, "--topic", topic);
        const bar = progress("rows", null);
        const { written, leftOut } = await exportRows(tools, {
          ...{ compiled, known, topic, asOf },
          ...exportOf(given),
          onTaken: (taken, total) => bar.update(taken, "records written", total),
        }).finally(() => bar.stop());
        if (given.out !== "-")
          output.result({ rows: written, file: given.out, leftOut }, () => `${written} rows in ${given.out}`);
        return tellLeftOut(leftOut);
      },
      { useCase, rowsTopic: topic },
    ),
});
