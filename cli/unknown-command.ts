import type { Command } from "commander";
import { meant } from "../blueprints/index.ts";

/** A mistyped command is refused with the one that was probably meant, also below a group that has a default. */
export function refuseUnknownCommands(program: Command): void {
  for (const group of [program, ...program.commands.filter(({ commands }) => commands.length > 0)]) {
    const refuse = (word: string): never =>
      group.error(`error: unknown command "${word}" (${hintFor(word, group, program)})`, { exitCode: 2 });
    group.on("command:*", ([word]: readonly string[]) => refuse(word!));
    for (const command of group.commands) {
      if (command.commands.length > 0 || command.registeredArguments.length > 0 || group === program) continue;
      // A word that is no command of the group comes to its default as an argument, of which it takes none; flags behind it are another command's.
      command
        .allowExcessArguments(true)
        .allowUnknownOption(true)
        .hook("preAction", () => {
          const [word] = command.args;
          if (word === undefined) return;
          if (word.startsWith("-")) refuseFlag(word, command, group);
          refuse(word);
        });
    }
  }
}

/** Refuses a flag with the one of the default that was meant, or with the other command of the group that has it. */
function refuseFlag(word: string, command: Command, group: Command): void {
  const [flag = word] = word.split("=", 1);
  const others = new Map(group.commands.flatMap((one) => flagsOf(one).map((its) => [its, one.name()] as const)));
  const near = meant(flag, flagsOf(command)) === null ? nearestFlag(flag, others.keys()) : null;
  if (near === null) (command.allowUnknownOption(false) as unknown as Refusing).unknownOption(word);
  else
    group.error(`error: unknown option '${flag}' (did you mean ${group.name()} ${others.get(near)} ${near}?)`, {
      exitCode: 2,
    });
}

const flagsOf = ({ options }: Command): readonly string[] => options.flatMap(({ long }) => long ?? []);

function nearestFlag(flag: string, flags: Iterable<string>): string | null {
  const all = [...flags];
  return all.includes(flag) ? flag : meant(flag, all);
}

/** Commander's own answer to a mistyped flag, which its types leave out. */
interface Refusing {
  unknownOption(flag: string): never;
}

function hintFor(word: string, group: Command, program: Command): string {
  const own = namesOf(group);
  const near = meant(word, own);
  if (near !== null) return `did you mean ${near}?`;
  const nested = new Map(
    program.commands.flatMap((outer) => namesOf(outer).map((name) => [name, `${outer.name()} ${name}`])),
  );
  const elsewhere = meant(word, nested.keys()) ?? meant(word, namesOf(program));
  if (elsewhere !== null) return `did you mean ${nested.get(elsewhere) ?? elsewhere}?`;
  return `there are ${own.join(", ")}`;
}

const namesOf = (group: Command): readonly string[] => group.commands.map((command) => command.name());
