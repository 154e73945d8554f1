import { askedVersion } from "../../catalogue/index.ts";
import { defineCommand } from "../define-command.ts";
import { exportFlags, exportOf } from "../flags/export-flags.ts";
import { flag } from "../flags/flag.ts";
import { parseShare } from "../flags/numbers.ts";
import { parseTime } from "../flags/times.ts";
import { checkTopic } from "../process/check-topic.ts";
import { exportEpisodes } from "../process/exports/export-episodes.ts";
import { readVersions } from "../process/blueprints/versions.ts";
import { withTools } from "../process/with-tools.ts";
import { UsageError } from "../exit-codes.ts";
import { episodesText } from "../text/episodes-text.ts";
import { tellLeftOut } from "../text/left-out.ts";

export const episodesCommand = defineCommand({
  name: "episodes",
  about: "export decisions as the steps of episodes, by key and time: state, action, reward, next state",
  flags: {
    useCase: flag("--use-case <name>", "whose episodes", { required: true }),
    ...exportFlags,
    rows: flag(
      "--rows <topic>",
      "make them of these rows, as a replay printed them (default: the episodes' own topic)",
    ),
    until: flag("--until <time>", "with --rows: as it was then, of rows that were known by this time (default: now)", {
      parse: parseTime,
    }),
    sample: flag("--sample <share>", "share of the steps, such as 0.1; each keeps what came next", {
      parse: parseShare,
      default: "1",
    }),
    version: flag("--blueprint <version>", "episodes of this version (default: the live one)"),
  },
  run: ({ settings, output, flags: { useCase, rows, until, sample, version, ...given } }) => {
    const asked = exportOf(given);
    if (until !== undefined && rows === undefined)
      throw new UsageError("--until: the topic has the episodes as they are now; add --rows training-rows." + useCase);
    return withTools(
      settings,
      async (tools) => {
        const known = await readVersions(tools);
        const compiled = askedVersion(known, useCase, version);
        if (rows !== undefined) await checkTopic(tools, "--rows", rows);
        const time = until ?? Date.now();
        const made = await exportEpisodes(tools, { compiled, known, rows, sample, ...asked, until: time });
        if (asked.out !== "-") output.result({ ...made, file: asked.out }, () => episodesText(made, asked.out));
        return tellLeftOut(made.leftOut);
      },
      { useCase, rowsTopic: rows },
    );
  },
});
