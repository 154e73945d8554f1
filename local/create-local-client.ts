import { blueprintTable, modelsAt, modelTable, validBlueprints } from "../catalogue/index.ts";
import {
  constantLink,
  directClient,
  stayingClient,
  type AnyUseCase,
  type DecidesHere,
  type UseCases,
} from "../client/index.ts";
import { tableContent, type RowBytes } from "../operators/index.ts";
import {
  deadLetters,
  defaultSalt,
  DomainError,
  recordLimits,
  type BlueprintPublished,
  type ModelRecorded,
} from "../schemas/index.ts";
import { ScorerCache } from "../serving/index.ts";
import {
  followGlobals,
  hasCode,
  Outages,
  Serdes,
  silent,
  within,
  type Clocks,
  type GlobalView,
} from "../streams/index.ts";
import { Answers } from "./answers.ts";
import { decideHere, type Deciding } from "./decide-here.ts";
import type { LocalClient, LocalClientOptions } from "./local-client.ts";
import { LogTime } from "./log-time.ts";
import { whyNotLocal } from "./why-not-local.ts";

/**
 * A client that decides in this process. It reads blueprints, models and rows of tables from their topics, makes decisions by the
 * operators of the loop and answers at once. Each decision is stored afterwards, as a request with its answer: the loop records it.
 *
 * Resolves when everything is read, and the models in production are loaded. Rejects with `UNKNOWN_USE_CASE` if no version of a use
 * case is live, and with `NOT_LOCAL` if the live one has windows of events or a posterior.
 * @param clocks of this machine
 */
export async function createLocalClient<T extends UseCases<T> = AnyUseCase>(
  options: LocalClientOptions,
  clocks?: Clocks,
): Promise<LocalClient<T>> {
  const { backbone, registry, useCases, salt = defaultSalt, log = silent } = options;
  const serdes = new Serdes(registry, options.subjectPrefix);
  const outages = new Outages(log);
  const sources = [blueprintTable, modelTable, tableContent];
  const followed = await followGlobals({ backbone, serdes, sources, deadLetters, outages });
  const scorers = new ScorerCache(backbone, serdes);
  const known = {
    blueprints: followed.views[blueprintTable.name] as GlobalView<BlueprintPublished>,
    models: followed.views[modelTable.name] as GlobalView<ModelRecorded>,
    tables: followed.views[tableContent.name] as RowBytes,
  };
  const deciding: Deciding = { known, scorers, salt, log };
  let time: LogTime | undefined;
  const end = async (): Promise<void> => {
    await time?.close();
    // What ended the reading was told when a decision needed it.
    await followed.close().catch(() => undefined);
    await scorers.close();
  };
  try {
    time = await LogTime.open({ backbone, outages, log, now: options.now, clocks });
    const now = time.now();
    const valid = validBlueprints(known.blueprints);
    for (const useCase of useCases) {
      const compiled = valid.at(useCase, now);
      if (compiled === undefined) throw notLive(useCase, valid.problemAt(useCase, now), valid.useCases());
      const reason = whyNotLocal(compiled);
      if (reason !== undefined) throw notLocal(useCase, compiled.blueprint.version, reason);
      const { production } = modelsAt(known.models, useCase, compiled.blueprint.version, now);
      // Its first decision would wait for it.
      if (production !== undefined) await scorers.get(production).catch(() => undefined);
    }
  } catch (error) {
    await end();
    throw error;
  }

  const clock = time;
  const answers = new Answers();
  const asked = new Set(useCases);
  const told = new Set<string>();
  /** Tells it once a version. */
  const asksLoop = (useCase: string, version: string, reason: string): undefined => {
    if (!told.has(`${useCase}/${version}`))
      log.warn({ useCase, version, reason }, "local client: the loop is asked for the decisions of this version");
    told.add(`${useCase}/${version}`);
    return undefined;
  };
  let ended = false;
  const checkFollowed = (): void => {
    try {
      followed.check();
    } catch (error) {
      const told =
        "local client: blueprints and models are not read any more, and each decision is its default: open another one";
      if (!ended) log.error({ error: error instanceof Error ? error.message : String(error) }, told);
      ended = true;
      throw error;
    }
  };
  const storing = new Set<Promise<unknown>>();
  const here: DecidesHere = {
    async decide(request, { time: at, source }) {
      const { useCase } = request;
      // History has a time of its own, which only the loop knows.
      if (!asked.has(useCase) || source !== undefined) return undefined;
      checkFollowed();
      const valid = validBlueprints(known.blueprints);
      const compiled = valid.at(useCase, at);
      const reason = compiled && whyNotLocal(compiled);
      if (compiled !== undefined && reason !== undefined) return asksLoop(useCase, compiled.blueprint.version, reason);
      const before = answers.of(request);
      if (before !== undefined) return { reply: await before, made: undefined };
      const making = decideHere(request, at, deciding);
      answers.keep(
        request,
        making.then(({ reply }) => reply),
      );
      try {
        const { reply, request: made } = await making;
        if (made === undefined) answers.forget(request);
        else clock.answered(at);
        return { reply, made };
      } catch (error) {
        answers.forget(request);
        if (hasCode(error, "WARMING"))
          return asksLoop(useCase, compiled?.blueprint.version ?? "", "a table is still being read");
        throw error;
      }
    },
    storing({ decisionId, useCase }, stored) {
      const ended = stored.then(
        () => undefined,
        (error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error);
          answers.forget({ useCase, decisionId });
          log.error(
            { useCase, decisionId, error: reason },
            "local client: a decision can't be stored: it has no record",
          );
        },
      );
      storing.add(ended);
      void ended.then(() => storing.delete(ended));
    },
  };
  const direct = directClient({ ...options, strict: false });
  const client = stayingClient({
    ...options,
    ...{ outages, here, links: constantLink(direct, backbone) },
    now: () => clock.now(),
    latest: () => clock.latest(),
    async close() {
      await direct.close();
      await end();
    },
  });
  const local: LocalClient = {
    ...client,
    get status() {
      return client.status;
    },
    get clock() {
      return clock.clock;
    },
    async flush({ timeout = recordLimits.flushMs } = {}) {
      const open = [...storing];
      await within(timeout, Promise.all(open), () => undefined);
      return { waiting: open.filter((one) => storing.has(one)).length };
    },
    caughtUp: () => followed.caughtUp(),
  };
  return local as unknown as LocalClient<T>;
}

function notLive(useCase: string, problem: string | undefined, known: readonly string[]): DomainError {
  const names = known.length === 0 ? "no blueprint is published" : `known are ${known.join(", ")}`;
  const why = problem ?? (known.includes(useCase) ? "no version of it is live" : names);
  return new DomainError("UNKNOWN_USE_CASE", `use case "${useCase}" can't be decided in this process: ${why}`);
}

const notLocal = (useCase: string, version: string, reason: string): DomainError =>
  new DomainError(
    "NOT_LOCAL",
    `version ${version} of use case "${useCase}" can't be decided in this process: ${reason}`,
  );
