import { Option } from "commander";
import {
  flagOfSecurity,
  mergeSecurity,
  securityNames,
  type SecurityOptions,
  type SecurityPlace,
  type SecuritySetting,
} from "../../loop/index.ts";
import type { Flag } from "./flag.ts";

const names = [...securityNames];

/** Flags of security. The help of each command names them in one line. */
export const securityFlags: Readonly<Record<string, Flag<string | undefined>>> = Object.fromEntries(
  names.map(([name, { help }]) => [
    name,
    {
      options: [new Option(`${flagOfSecurity(name)} <text>`, help).hideHelp()],
      read: (given: unknown) => given as string | undefined,
    },
  ]),
);

export const securityHelp = `
Security, with docs/kafka.md: ${names
  .filter(([name]) => !name.endsWith(".file"))
  .map(([name]) => flagOfSecurity(name))
  .join(", ")}. A secret is better given by a file (-file behind its flag) or by its environment variable.`;

/** Settings of security: flags come first, then the environment, then the file. */
export function givenSecurity(
  flags: Readonly<Record<string, unknown>>,
  environment: NodeJS.ProcessEnv,
  ofFile: SecurityOptions = {},
): SecurityPlace {
  const chosen = (value: (name: SecuritySetting) => unknown): SecurityOptions =>
    Object.fromEntries(names.flatMap(([name]) => (value(name) === undefined ? [] : [[name, value(name)]])));
  const variable = (name: SecuritySetting): string => securityNames.get(name)!.variable;
  return mergeSecurity([
    { options: chosen((name) => flags[name]), named: flagOfSecurity },
    { options: chosen((name) => environment[variable(name)]), named: variable },
    { options: ofFile, named: (name) => `security: ${name}` },
  ]);
}
