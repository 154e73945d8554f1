import { setParameters } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { UsageError } from "../../exit-codes.ts";
import { flag, several } from "../../flags/flag.ts";
import { parseTime } from "../../flags/times.ts";
import { changesOf, paramsNow, paramsText } from "../../process/blueprints/params.ts";
import { readVersions } from "../../process/blueprints/versions.ts";
import { withTools } from "../../process/with-tools.ts";

export const paramsCommand = defineCommand({
  name: "params",
  about: "show the parameters of a version's policy, or set their values without a new text",
  args: { useCase: ["<useCase>"], version: ["[version]", "default: the live one"] },
  flags: {
    set: several("--set <name=value...>", "new values, within the bounds of the text"),
    reset: several("--reset <name...>", "parameters that get the default of the text again"),
    from: flag("--from <time>", "valid for decisions after this time, not in the past (default: now)", {
      parse: parseTime,
    }),
  },
  run: ({ settings, output, args: { useCase, version: given }, flags: { set, reset, from } }) => {
    const values = changesOf(set, reset);
    const isChange = Object.keys(values).length > 0;
    if (from !== undefined && !isChange) throw new UsageError("--from belongs to --set or --reset");
    if (from !== undefined && from < Date.now())
      throw new UsageError("--from lies in the past: a replay would decide by other values than were used");
    return withTools(
      settings,
      async (tools) => {
        const { version } = paramsNow(await readVersions(tools), useCase, given);
        if (isChange) await setParameters(tools, { useCase, version, values }, from);
        const now = paramsNow(await readVersions(tools), useCase, version);
        output.result({ ...now, ...(isChange ? { set: values, from: from ?? null } : {}) }, paramsText);
      },
      { useCase },
    );
  },
});
