import { askedVersion } from "../../catalogue/index.ts";
import { defineCommand } from "../define-command.ts";
import { exportFlags, exportOf } from "../flags/export-flags.ts";
import { flag } from "../flags/flag.ts";
import { exportDecisions } from "../process/exports/export-decisions.ts";
import { readVersions } from "../process/blueprints/versions.ts";
import { withTools } from "../process/with-tools.ts";
import { tellLacking } from "../text/lacking.ts";
import { progress } from "../text/progress.ts";

export const decisionsCommand = defineCommand({
  name: "decisions",
  about: "export decisions with their features by name, whether or not they have labels, in the order of their times",
  flags: {
    useCase: flag("--use-case <name>", "whose decisions", { required: true }),
    ...exportFlags,
    version: flag("--blueprint <version>", "the features of this version as columns (default: the live one)"),
  },
  run: ({ settings, output, flags: { useCase, version, ...given } }) =>
    withTools(
      settings,
      async (tools) => {
        const known = await readVersions(tools);
        const bar = progress("decisions", null);
        const { written, lacking } = await exportDecisions(tools, {
          ...{ compiled: askedVersion(known, useCase, version), known },
          ...exportOf(given),
          onTaken: (taken, total) => bar.update(taken, "records written", total),
        }).finally(() => bar.stop());
        if (given.out !== "-")
          output.result({ decisions: written, file: given.out, lacking }, () => `${written} decisions in ${given.out}`);
        tellLacking(lacking);
      },
      { useCase },
    ),
});
