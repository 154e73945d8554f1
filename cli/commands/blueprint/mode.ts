import { LEARNING_MODES } from "../../../blueprints/index.ts";
import { setLearningMode } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { UsageError } from "../../exit-codes.ts";
import { among, flag } from "../../flags/flag.ts";
import { parseTime } from "../../flags/times.ts";
import { modeNow, modeText, versionNow } from "../../process/blueprints/mode.ts";
import { readVersions } from "../../process/blueprints/versions.ts";
import { withTools } from "../../process/with-tools.ts";

export const modeCommand = defineCommand({
  name: "mode",
  about: "show who acts by a version, the policy or the product's own choice, or set it without a new text",
  args: { useCase: ["<useCase>"], version: ["[version]", "default: the live one"] },
  flags: {
    set: flag("--set <mode>", `one of ${LEARNING_MODES.join(", ")}`, { parse: among(...LEARNING_MODES) }),
    from: flag("--from <time>", "valid for decisions after this time, not in the past (default: now)", {
      parse: parseTime,
    }),
  },
  run: ({ settings, output, args: { useCase, version: given }, flags: { set, from } }) => {
    if (from !== undefined && set === undefined) throw new UsageError("--from belongs to --set");
    if (from !== undefined && from < Date.now())
      throw new UsageError("--from lies in the past: a replay would decide otherwise than was decided");
    return withTools(
      settings,
      async (tools) => {
        const { version } = versionNow(await readVersions(tools), useCase, given);
        if (set !== undefined) await setLearningMode(tools, { useCase, version, mode: set }, from);
        const now = await modeNow(tools, await readVersions(tools), useCase, version);
        output.result({ ...now, ...(set === undefined ? {} : { set, from: from ?? null }) }, modeText);
      },
      { useCase },
    );
  },
});
