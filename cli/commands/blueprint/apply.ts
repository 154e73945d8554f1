import { defineCommand } from "../../define-command.ts";
import { toggle } from "../../flags/flag.ts";
import { applyHere } from "../../process/blueprints/apply-here.ts";
import { atOnce } from "./promote.ts";

export const applyCommand = defineCommand({
  name: "apply",
  about: "make the blueprints of files live that are not; the same again changes nothing",
  args: { paths: ["<paths...>", "files, and folders with all their *.yaml"] },
  flags: {
    dryRun: toggle("--dry-run", "say what would change and write nothing; exit code 5 if something would"),
    shadow: toggle("--shadow", "put changed versions in shadow; new use cases go live"),
    atOnce,
  },
  more:
    "\nAll files are checked before the first version is written. Use cases that are in no file stay as they are." +
    "\nExit codes: 0 done, or nothing to do; 2 a file must be mended, nothing was published; 3 try again; 5 a dry run with changes.",
  run: ({ settings, output, args: { paths }, flags: { dryRun, shadow, atOnce: now } }) =>
    applyHere(settings, output, { paths, dryRun, shadow, atOnce: now }),
});
