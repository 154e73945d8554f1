import { lostNumber, numberOf, type PolicyParam } from "../../../blueprints/index.ts";
import { askedVersion, type ValidBlueprints } from "../../../catalogue/index.ts";
import { UsageError } from "../../exit-codes.ts";
import { table } from "../../text/output.ts";

export interface ParamsNow {
  readonly useCase: string;
  readonly version: string;
  readonly params: readonly (PolicyParam & {
    readonly name: string;
    readonly value: number;
    /** After all changes that are known, those to come too. */
    readonly last: number;
  })[];
}

/**
 * The parameters of a version with their values now.
 * @param version absent: the live one
 */
export function paramsNow(known: ValidBlueprints, useCase: string, version: string | undefined): ParamsNow {
  const { blueprint } = askedVersion(known, useCase, version, version === undefined ? Date.now() : undefined);
  const valuesAt = (time: number) => known.params(useCase, blueprint.version, time);
  const [now, last] = [valuesAt(Date.now()), valuesAt(Number.MAX_SAFE_INTEGER)];
  return {
    ...{ useCase, version: blueprint.version },
    params: Object.entries(blueprint.policy.params).map(([name, param]) => ({
      ...{ name, value: now[name]!, ...param, last: last[name]! },
    })),
  };
}

export function paramsText({ useCase, version, params }: ParamsNow): string {
  if (params.length === 0) return `${useCase} ${version}: the policy has no parameters (docs/blueprint.md)`;
  return table(
    ["parameter", "value", "default", "min", "max", "to come"],
    params.map(({ name, value, default: fallback, min, max, last }) => [
      ...[name, value, fallback, min, max].map(String),
      last === value ? "" : String(last),
    ]),
  );
}

/** Of `--set` and `--reset`; null: the default again. */
export function changesOf(set: readonly string[], reset: readonly string[]): Readonly<Record<string, number | null>> {
  const values = new Map<string, number | null>();
  const put = (name: string, value: number | null): void => {
    if (values.has(name)) throw new UsageError(`parameter "${name}" is there twice: give it one value`);
    values.set(name, value);
  };
  for (const pair of set) {
    const [, name, number] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
    const lost = lostNumber(number ?? "");
    if (lost !== undefined) throw new UsageError(`--set ${pair}: ${lost.what} (${lost.hint})`);
    const value = numberOf(number);
    if (name === undefined || value === undefined || value === null)
      throw new UsageError(`--set ${pair}: write name=number, like --set w=2.5`);
    put(name, value);
  }
  for (const name of reset) put(name, null);
  return Object.fromEntries(values);
}
