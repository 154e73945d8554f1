import { Option } from "commander";
import { shownText } from "../../loop/index.ts";
import { UsageError } from "../exit-codes.ts";

/** One flag of a command: its spelling, its help, and the value that the command works with. */
export interface Flag<V> {
  /** The options for commander: two if the flag can also be denied. */
  readonly options: readonly Option[];
  /**
   * Throws a `UsageError` that names the flag.
   * @param given text or texts, or true; `undefined`: the flag is absent
   */
  read(given: unknown): V;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;
export type FlagValues<F> = { readonly [K in keyof F]: F[K] extends Flag<infer V> ? V : never };

/**
 * The values of flags by their names here.
 * @param given commander's values, by the names of their spellings
 */
export const readFlags = <F extends Flags>(flags: F, given: Readonly<Record<string, unknown>>): FlagValues<F> =>
  Object.fromEntries(
    Object.entries(flags).map(([name, { options, read }]) => [name, read(given[options[0]!.attributeName()])]),
  ) as FlagValues<F>;

/** `required`: the command does not run without it. `default`: the text if it is absent. */
type Always = { readonly required: true } | { readonly default: string };

interface Reads<V> {
  /** Reads the text. Throws a `UsageError` with the flag and its right form. */
  readonly parse: (text: string, flag: string) => V;
}

interface How<V> extends Partial<Reads<V>> {
  readonly required?: boolean;
  readonly default?: string;
}

/**
 * A flag with a text. Without `parse` the text is the value.
 * @param usage its spelling, like `--from <time>`
 */
export function flag<V>(usage: string, help: string, how: Always & Reads<V>): Flag<V>;
export function flag(usage: string, help: string, how: Always): Flag<string>;
export function flag<V>(usage: string, help: string, how: Reads<V>): Flag<V | undefined>;
export function flag(usage: string, help: string): Flag<string | undefined>;
export function flag<V>(usage: string, help: string, how: How<V> = {}): Flag<V | undefined> {
  const { parse, required = false } = how;
  const option = new Option(usage, required ? `${help} (required)` : help);
  if (how.default !== undefined) option.default(how.default);
  return {
    options: [option],
    read(given) {
      const text = given as string | undefined;
      if (text !== undefined) return parse === undefined ? (text as V) : parse(text, option.long!);
      if (required) throw new UsageError(`${option.long} is missing: add ${usage}, ${help}`);
      return undefined;
    },
  };
}

/** A flag that is there or not. */
export const toggle = (usage: string, help: string): Flag<boolean> => ({
  options: [new Option(usage, help)],
  read: (given) => given === true,
});

/**
 * A flag that is given, denied, or absent.
 * @param usage like `--run`; the other spelling is `--no-run`
 */
export const either = (usage: string, help: string, denied: string): Flag<boolean | undefined> => ({
  options: [new Option(usage, help), new Option(usage.replace(/^--/, "--no-"), denied)],
  read: (given) => given as boolean | undefined,
});

/** A flag with one text or more, like `--blueprint <file...>`. */
export const several = (usage: string, help: string): Flag<readonly string[]> => ({
  options: [new Option(usage, help)],
  read: (given) => (given as readonly string[] | undefined) ?? [],
});

/** Reads one of a few texts. */
export const among =
  <V extends string>(...known: readonly V[]) =>
  (text: string, flag: string): V => {
    const found = known.find((one) => one === text);
    if (found !== undefined) return found;
    throw new UsageError(`${flag} ${shownText(text)}: write ${known.slice(0, -1).join(", ")} or ${known.at(-1)}`);
  };
