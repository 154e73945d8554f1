import { listVersions } from "../../../loop/index.ts";
import { DomainError } from "../../../schemas/index.ts";
import { defineCommand } from "../../define-command.ts";
import { makeLive } from "../../process/blueprints/published.ts";
import { unknownUseCase } from "../../process/blueprints/versions.ts";
import { withTools } from "../../process/with-tools.ts";
import { atOnce } from "./promote.ts";

export const rollbackCommand = defineCommand({
  name: "rollback",
  about: "make the version live again that was live before this one, with its model",
  args: { useCase: ["<useCase>"] },
  flags: { atOnce },
  more:
    "\nNo decision is lost: requests before the change are answered by the one version, later ones by the other, and each " +
    "decision names its version. A version that was withdrawn is passed over; blueprint promote takes any.",
  run: ({ settings, output, args: { useCase }, flags }) =>
    withTools(
      settings,
      async (tools) => {
        const all = await listVersions(tools, Date.now());
        const versions = all.filter((each) => each.useCase === useCase);
        if (versions.length === 0)
          throw unknownUseCase(
            useCase,
            all.map((each) => each.useCase),
          );
        const live = versions.find(({ state }) => state === "live");
        const before = versions
          .filter(({ state }) => state === "replaced")
          .sort((a, b) => (b.until ?? 0) - (a.until ?? 0))[0];
        if (before === undefined) {
          throw new DomainError(
            "UNKNOWN_VERSION",
            `no version of use case "${useCase}" was live before ${live === undefined ? "now" : live.version}`,
          );
        }
        if (live !== undefined) output.say(`from version ${live.version} back to ${before.version}`);
        await makeLive(tools, before.text, { atOnce: flags.atOnce }, output, { replaced: live?.version ?? null });
      },
      { useCase },
    ),
});
