import type { Command } from "commander";
import { BlueprintError } from "../blueprints/index.ts";
import type { Settings } from "../loop/index.ts";
import { CodedError, hideSecrets, withoutSecrets } from "../streams/index.ts";
import { exitCodeOf, saysAll } from "./exit-codes.ts";
import { nextStep } from "./next-step.ts";
import { readFlags, type Flags, type FlagValues } from "./flags/flag.ts";
import { securityHelp } from "./flags/security.ts";
import { commonFlags, readSettings } from "./flags/settings.ts";
import { endSoon } from "./process/stopping.ts";
import { createOutput, errorJson, type Output } from "./text/output.ts";
import { stderrLine } from "./terminal/status-line.ts";
import { visible } from "./terminal/visible.ts";
import { useVoice } from "./terminal/voice.ts";

/** By name, in their order: `<needed>`, `[optional]`, `[several...]`. */
type Args = Readonly<Record<string, readonly [usage: string, help?: string]>>;
type ArgValue<U extends string> = U extends `${string}...${string}`
  ? readonly string[]
  : U extends `[${string}`
    ? string | undefined
    : string;
type None = Readonly<Record<never, never>>;

/** The place of a command's work, and its arguments and flags. */
export interface Given<F extends Flags, A extends Args> {
  readonly settings: Settings;
  readonly output: Output;
  readonly flags: FlagValues<F> & FlagValues<typeof commonFlags>;
  readonly args: { readonly [K in keyof A]: ArgValue<A[K][0]> };
}

export interface CommandOptions<F extends Flags, A extends Args> {
  readonly name: string;
  readonly about: string;
  readonly args?: A;
  /** Flags beside those of every command. */
  readonly flags?: F;
  /** Text below the help. */
  readonly more?: string;
  /** The command of its group that runs when the line names none. */
  readonly isDefault?: boolean;
  /**
   * Does the work.
   * @returns the exit code; nothing: 0
   */
  run(given: Given<F, A>): Promise<number | void>;
}

/** Adds a command to the program or to its group. */
export type AddCommand = (parent: Command) => void;

/**
 * A command: its name, its flags and its work. Flags are read before anything is opened. An error becomes one line on
 * stderr, with `--json` also `{"error": …}` on stdout, and the exit code.
 */
export function defineCommand<const A extends Args = None, F extends Flags = None>(
  options: CommandOptions<F, A>,
): AddCommand {
  const flags = { ...commonFlags, ...options.flags } as F & typeof commonFlags;
  const args = Object.entries(options.args ?? {});
  return (parent) => {
    const command = parent.command(options.name, { isDefault: options.isDefault === true }).description(options.about);
    for (const [, [usage, help]] of args) command.argument(usage, help);
    for (const option of Object.values(flags).flatMap((one) => one.options)) command.addOption(option);
    command.addHelpText("after", securityHelp);
    if (options.more !== undefined) command.addHelpText("after", options.more);
    command.action((...values: readonly unknown[]) => {
      const given = command.opts<Record<string, unknown>>();
      return ended(given["json"] === true, (output) => {
        const said = readFlags(flags, given) as Given<F, A>["flags"];
        useVoice({ json: said.json, logFormat: said.logFormat });
        const named = Object.fromEntries(args.map(([name], at) => [name, values[at]])) as Given<F, A>["args"];
        return options.run({ settings: readSettings(said), output, flags: said, args: named });
      });
    });
  };
}

/** Commands under one name. */
export function defineGroup(name: string, about: string, commands: readonly AddCommand[]): AddCommand {
  return (parent) => {
    const group = parent.command(name).description(about);
    for (const add of commands) add(group);
  };
}

/** Sets the process's exit code by the result of the work, and ends the process. */
async function ended(json: boolean, work: (output: Output) => Promise<number | void>): Promise<void> {
  try {
    process.exitCode = (await work(createOutput(json))) ?? 0;
  } catch (error) {
    hideSecrets(error);
    const message = withoutSecrets(error instanceof Error ? error.message : String(error));
    const coded = error instanceof CodedError ? error : undefined;
    const next = coded === undefined ? undefined : nextStep(coded);
    if (json) process.stdout.write(errorJson(message, coded?.code, next));
    const shown = visible(error instanceof BlueprintError ? withoutSecrets(error.carets) : message);
    stderrLine.write(`loopstream: ${shown}`);
    if (coded !== undefined && !saysAll(coded)) stderrLine.write(`${coded.code}: ${next}`);
    if (process.env["LOOPSTREAM_DEBUG"] !== undefined) console.error(error);
    process.exitCode = exitCodeOf(error);
  } finally {
    endSoon();
  }
}
