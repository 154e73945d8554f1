import { askedVersion } from "../../catalogue/index.ts";
import { defineCommand } from "../define-command.ts";
import { formatOf } from "../files/index.ts";
import { among, flag } from "../flags/flag.ts";
import { parseTime } from "../flags/times.ts";
import { exportDecisions } from "../process/export-decisions.ts";
import { readVersions } from "../process/versions.ts";
import { withTools } from "../process/with-tools.ts";
import { tellLacking } from "../text/lacking.ts";
import { progress } from "../text/progress.ts";

export const decisionsCommand = defineCommand({
  name: "decisions",
  about: "export decisions with their features by name, whether or not they have labels, in the order of their times",
  flags: {
    useCase: flag("--use-case <name>", "whose decisions", { required: true }),
    out: flag("--out <file>", ".csv, .csv.gz, .jsonl, .jsonl.gz or .parquet; - is stdout", { default: "-" }),
    format: flag("--format <name>", "csv, jsonl or parquet (default: by the file's name, csv on stdout)", {
      parse: among("csv", "jsonl", "parquet"),
    }),
    from: flag("--from <time>", "decided at or after", { parse: parseTime }),
    to: flag("--to <time>", "decided before", { parse: parseTime }),
    version: flag("--blueprint <version>", "the features of this version as columns (default: the live one)"),
  },
  run: ({ settings, output, flags: { useCase, out, format, from, to, version } }) =>
    withTools(
      settings,
      async (tools) => {
        const known = await readVersions(tools);
        const bar = progress("decisions", null, { enabled: !output.json });
        const { written, lacking } = await exportDecisions(tools, {
          ...{ compiled: askedVersion(known, useCase, version), known, out },
          format: format ?? (out === "-" ? "csv" : formatOf(out).format),
          from: from ?? Number.NEGATIVE_INFINITY,
          to: to ?? Number.POSITIVE_INFINITY,
          onProgress: (rows) => bar.update(rows),
        }).finally(() => bar.stop());
        if (out !== "-")
          output.result({ decisions: written, file: out, lacking }, () => `${written} decisions in ${out}`);
        tellLacking(lacking);
      },
      { useCase },
    ),
});
