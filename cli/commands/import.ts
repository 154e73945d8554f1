import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { importFlags } from "../flags/import-flags.ts";
import { importJson, importText } from "../text/import-text.ts";
import { importHere } from "../process/imports/import-here.ts";
import { tellUnreadable } from "../text/unreadable.ts";

export const importCommand = defineCommand({
  name: "import",
  about: "publish history from files as events with their own times, in the order of those times",
  flags: importFlags,
  more:
    "\nA line that can't be used is named and goes to the dead letters; the rest goes on (exit code 4)." +
    "\nA line that was imported before is left out: the same command goes on where it stopped.",
  async run({ settings, output, flags }) {
    const unreadable = tellUnreadable({ useCase: flags.useCase });
    const result = await importHere(settings, output, flags, unreadable);
    output.result(importJson(result), () => importText(result, flags.dryRun));
    const code = unreadable.end();
    return result.counts.badLines === 0 ? code : exitCodes.partly;
  },
});
