import { Command, type CommanderError } from "commander";
import { codeVersion } from "../loop/index.ts";
import { domainErrors } from "../schemas/index.ts";
import { auditCommand } from "./commands/audit.ts";
import { backtestCommand } from "./commands/backtest.ts";
import { blueprintCommands } from "./commands/blueprint/index.ts";
import { decideCommand } from "./commands/decide.ts";
import { decisionsCommand } from "./commands/decisions.ts";
import { demoCommand } from "./commands/demo.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { eventCommand } from "./commands/event.ts";
import { explainCommand } from "./commands/explain.ts";
import { importCommand } from "./commands/import.ts";
import { modelsCommands } from "./commands/models/index.ts";
import { activateCommand } from "./commands/activate.ts";
import { observeCommand } from "./commands/observe.ts";
import { replayCommand } from "./commands/replay.ts";
import { episodesCommand } from "./commands/episodes.ts";
import { rowsCommand } from "./commands/rows.ts";
import { scoreCommand } from "./commands/score.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { shadowsCommand } from "./commands/shadows.ts";
import { startCommand } from "./commands/start.ts";
import { tablesCommands } from "./commands/tables/index.ts";
import { topicsCommands } from "./commands/topics/index.ts";
import { trainCommand } from "./commands/train.ts";
import { typesCommand } from "./commands/types.ts";
import type { AddCommand } from "./define-command.ts";
import { exitCodes } from "./exit-codes.ts";
import { errorJson } from "./text/output.ts";
import { refuseUnknownCommands } from "./unknown-command.ts";

/** In the order of the help. */
const commands: readonly AddCommand[] = [
  ...[startCommand, shadowsCommand, demoCommand, simulateCommand, importCommand, backtestCommand],
  ...[decideCommand, observeCommand, activateCommand, eventCommand],
  ...[trainCommand, modelsCommands, replayCommand, explainCommand, auditCommand],
  ...[rowsCommand, episodesCommand, decisionsCommand, scoreCommand, evaluateCommand],
  ...[blueprintCommands, typesCommand, tablesCommands, topicsCommands],
];

export function createProgram(): Command {
  const program = new Command("loopstream")
    .description("Smart decisions on an event stream: decide, observe, join, train, publish, decide better.")
    .version(codeVersion)
    .showHelpAfterError("(--help shows what there is)")
    .exitOverride((error) => end(error, program));
  for (const add of commands) add(program);
  refuseUnknownCommands(program);
  return program;
}

/** Commander has written the fault of the line to stderr. A program finds it on stdout, as all errors. */
function end({ exitCode, message }: CommanderError, program: Command): never {
  if (exitCode === 0) return process.exit(exitCodes.ok);
  const { rawArgs } = program as Command & { readonly rawArgs: readonly string[] };
  if (rawArgs.includes("--json"))
    process.stdout.write(errorJson(message.replace(/^error: /, ""), "BAD_USAGE", domainErrors.BAD_USAGE.mend));
  return process.exit(exitCodes.usage);
}
