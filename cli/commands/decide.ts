import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import { createClient, defaultDecision, type Decision } from "../../client/index.ts";
import { StreamsError, type Log } from "../../streams/index.ts";
import { startAlone, type Settings } from "../../loop/index.ts";
import { parsePairs, parsePastTime, run, withSettings } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { createLog } from "../text/log.ts";
import { parseWhole } from "../flags/numbers.ts";
import type { SettingsFlags } from "../flags/settings.ts";
import { connectHere } from "../process/connection.ts";
import { tellUndeclared } from "../process/tell-undeclared.ts";
import { withClient } from "../process/with-client.ts";

/** Beside the time for the answer: for the way to whoever answers. */
const CONNECT_MS = 3_000;
/** A timer holds no more. */
const MOST_TIMEOUT_MS = 2_147_483_647 - CONNECT_MS;

interface DecideFlags extends SettingsFlags {
  readonly json?: boolean;
  readonly useCase: string;
  readonly unit: string;
  readonly id?: string;
  readonly timeout: string;
  readonly default?: string;
  readonly strict?: boolean;
}

export function decideCommand(parent: Command): void {
  withSettings(parent.command("decide"))
    .description("ask for one decision; on the embedded backbone the loop runs here if it runs nowhere else")
    .requiredOption("--use-case <name>", "which blueprint answers")
    .requiredOption("--unit <id>", "user, device or other entity the decision is about")
    .option("--id <decisionId>", "decision id (default: a new one)")
    .option("--timeout <ms>", "then the default is the answer", "2000")
    .option("--default <value>", "answer where there is no decision")
    .option("--strict", "refuse names that the blueprint does not know, and values that their types can't read")
    .argument("[context...]", "name=value …")
    .action((context: readonly string[], flags: DecideFlags) =>
      run(flags, async ({ settings, output }) => {
        const fallback = flags.default === undefined ? undefined : parsePairs([`v=${flags.default}`])["v"]!;
        const decision = await ask(settings, context, flags, fallback).catch((error: unknown) => {
          // Whatever is away, damaged or full: who named a default gets it, and is told why.
          if (fallback === undefined || !(error instanceof StreamsError)) throw error;
          return defaultDecision(flags.id ?? randomUUID(), fallback, error);
        });
        output.result(decision, ({ value, reason, decisionId, modelId, error }) =>
          [
            `${String(value)}  (${reason}${modelId === null ? "" : `, model ${modelId}`})  ${decisionId}`,
            ...(error === null ? [] : [error]),
          ].join("\n"),
        );
        return decision.error === null ? exitCodes.ok : exitCodes.failed;
      }),
    );
}

/** Rejects where there is nothing to ask: with a default, as soon as that is known or `CONNECT_MS` are over. */
async function ask(
  settings: Settings,
  context: readonly string[],
  flags: DecideFlags,
  fallback: string | number | boolean | undefined,
): Promise<Decision<unknown>> {
  const timeout = parseWhole(flags.timeout, "--timeout", { min: 1, max: MOST_TIMEOUT_MS });
  const connecting = connectHere(settings);
  const connection = fallback === undefined ? await connecting : await within(connecting, timeout + CONNECT_MS);
  try {
    const here = connection.backbone.kind === "embedded" && !connection.shared;
    const loop = here ? await startAlone(settings, connection, "live", { log: warnings() }) : undefined;
    const { backbone, registry } = connection;
    const client = createClient({ backbone, registry, strict: flags.strict === true });
    try {
      await loop?.application.idle();
      const entries = parsePairs(context);
      const decision = await client.getDecision(
        flags.useCase,
        {
          unit: flags.unit,
          context: entries,
          ...(flags.id === undefined ? {} : { decisionId: flags.id }),
        },
        { timeout, ...(fallback === undefined ? {} : { default: fallback }) },
      );
      // A loop that runs here says it by itself.
      if (loop === undefined && flags.strict !== true && decision.error === null) {
        await tellUndeclared(connection, (strict, ms) => strict.context(flags.useCase, entries, Date.now(), ms));
      }
      return decision;
    } finally {
      await client.close();
      await loop?.close({ drain: true });
    }
  } finally {
    await connection.close();
  }
}

/** What the loop that runs here warns of, on stderr. */
function warnings(): Log {
  const log = createLog(false);
  const nothing = (): void => undefined;
  return {
    info: nothing,
    warn: (fields, text) => log.warn(fields, text),
    error: (fields, text) => log.error(fields, text),
  };
}

/** Whoever it is that does not answer is left alone; the process ends soon. */
async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const late = new StreamsError("TIMEOUT", `nothing could be asked within ${ms} ms: see what is away above`);
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(late), ms)));
  return Promise.race([work, over]).finally(() => clearTimeout(timer));
}

interface ObserveFlags extends SettingsFlags {
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly time?: string;
  readonly id?: string;
  readonly useCase?: string;
}

export function observeCommand(parent: Command): void {
  withSettings(parent.command("observe"))
    .description("say what happened after a decision")
    .argument("<decisionId>", "the decision it belongs to")
    .argument("<values...>", "name=value …")
    .option("--strict", "refuse names that the blueprint does not know, and values that their types can't read")
    .option("--time <time>", "when it happened (default: now)")
    .option("--use-case <name>", "of the decision (default: the decisions of this id in every use case)")
    .option("--id <observationId>", "the same id sent again counts once (default: a new one)")
    .action((decisionId: string, values: readonly string[], flags: ObserveFlags) =>
      run(flags, ({ settings, output }) =>
        withClient(settings, flags.strict === true, async (client, connection) => {
          const said = parsePairs(values);
          const stored = await client.logObservations(decisionId, said, {
            throwOnError: true,
            ...(flags.time === undefined ? {} : { time: parsePastTime(flags.time, "--time") }),
            ...(flags.id === undefined ? {} : { observationId: flags.id }),
            ...(flags.useCase === undefined ? {} : { useCase: flags.useCase }),
          });
          if (flags.strict !== true) {
            const time = flags.time === undefined ? Date.now() : parsePastTime(flags.time, "--time");
            await tellUndeclared(connection, (strict, ms) => strict.observations(flags.useCase ?? "", said, time, ms));
          }
          output.result(stored, () => `observed ${decisionId}`);
        }),
      ),
    );
}
