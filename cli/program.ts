import { Command } from "commander";
import { codeVersion } from "../loop/index.ts";
import { auditCommand } from "./commands/audit.ts";
import { blueprintCommand } from "./commands/blueprint.ts";
import { decideCommand, observeCommand } from "./commands/decide.ts";
import { demoCommand } from "./commands/demo.ts";
import { eventCommand } from "./commands/event.ts";
import { explainCommand } from "./commands/explain.ts";
import { importCommand } from "./commands/import.ts";
import { modelsCommand } from "./commands/models.ts";
import { replayCommand } from "./commands/replay.ts";
import { rowsCommand } from "./commands/rows.ts";
import { startCommand } from "./commands/start.ts";
import { topicsCommand } from "./commands/topics.ts";
import { trainCommand } from "./commands/train.ts";
import { refuseUnknownCommands } from "./unknown-command.ts";

export function createProgram(): Command {
  const program = new Command("loopstream")
    .description("Smart decisions on an event stream: decide, observe, join, train, publish, decide better.")
    .version(codeVersion)
    .showHelpAfterError("(--help shows what there is)")
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  startCommand(program);
  demoCommand(program);
  importCommand(program);
  decideCommand(program);
  observeCommand(program);
  eventCommand(program);
  trainCommand(program);
  modelsCommand(program);
  replayCommand(program);
  explainCommand(program);
  auditCommand(program);
  rowsCommand(program);
  blueprintCommand(program);
  topicsCommand(program);
  refuseUnknownCommands(program);
  return program;
}
