import { defineCommand } from "../define-command.ts";
import { demoHere } from "../demo/demo-here.ts";
import { flag, toggle } from "../flags/flag.ts";
import { parseTime } from "../flags/times.ts";

export const demoCommand = defineCommand({
  name: "demo",
  about: "replay the flights of a quarter through the whole loop; a killed run goes on where it was",
  flags: {
    once: toggle("--once", "print the summary and exit (without it: the same, then the loop stays up until Ctrl-C)"),
    until: flag("--until <time>", "stop before this event time", { parse: parseTime }),
  },
  run: ({ settings, output, flags: { once, until } }) => demoHere(settings, output, { once, until }),
});
