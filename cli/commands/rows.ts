import { askedVersion } from "../../catalogue/index.ts";
import { defineCommand } from "../define-command.ts";
import { formatOf } from "../files/index.ts";
import { among, flag } from "../flags/flag.ts";
import { parseTime } from "../flags/times.ts";
import { checkTopic } from "../process/check-topic.ts";
import { exportRows } from "../process/export-rows.ts";
import { readVersions } from "../process/versions.ts";
import { withTools } from "../process/with-tools.ts";
import { tellLeftOut } from "../text/left-out.ts";
import { progress } from "../text/progress.ts";

export const rowsCommand = defineCommand({
  name: "rows",
  about: "export training rows, the newest of each decision, in the order of the decisions' times",
  flags: {
    useCase: flag("--use-case <name>", "whose rows", { required: true }),
    out: flag("--out <file>", ".csv, .csv.gz, .jsonl, .jsonl.gz or .parquet; - is stdout", { default: "-" }),
    format: flag("--format <name>", "csv, jsonl or parquet (default: by the file's name, csv on stdout)", {
      parse: among("csv", "jsonl", "parquet"),
    }),
    from: flag("--from <time>", "decided at or after", { parse: parseTime }),
    to: flag("--to <time>", "decided before", { parse: parseTime }),
    topic: flag("--topic <name>", "topic of the rows, as a replay printed it (default: the use case's own topic)"),
    version: flag(
      "--blueprint <version>",
      "columns of this version, and the rows it may train on (default: the live one)",
    ),
  },
  run: ({ settings, output, flags: { useCase, out, format, from, to, topic, version } }) =>
    withTools(
      settings,
      async (tools) => {
        const known = await readVersions(tools);
        const compiled = askedVersion(known, useCase, version);
        if (topic !== undefined) await checkTopic(tools, "--topic", topic);
        const bar = progress("rows", null, { enabled: !output.json });
        const { written, leftOut } = await exportRows(tools, {
          ...{ compiled, known, topic, out },
          format: format ?? (out === "-" ? "csv" : formatOf(out).format),
          from: from ?? Number.NEGATIVE_INFINITY,
          to: to ?? Number.POSITIVE_INFINITY,
          onProgress: (rows) => bar.update(rows),
        }).finally(() => bar.stop());
        if (out !== "-") output.result({ rows: written, file: out, leftOut }, () => `${written} rows in ${out}`);
        return tellLeftOut(leftOut);
      },
      { useCase, rowsTopic: topic },
    ),
});
