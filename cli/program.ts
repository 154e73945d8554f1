import { Command } from "commander";
import { codeVersion } from "./connect.ts";
import { demoCommand } from "./commands/demo.ts";
import { startCommand } from "./commands/start.ts";

export function createProgram(): Command {
  const program = new Command("loopstream")
    .description("Smart decisions on an event stream: decide, observe, join, train, publish, decide better.")
    .version(codeVersion)
    .showHelpAfterError("(--help shows what there is)")
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  startCommand(program);
  demoCommand(program);
  return program;
}
