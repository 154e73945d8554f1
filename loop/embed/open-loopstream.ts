import { stayingClient, type AnyUseCase, type Client, type StayingOptions, type UseCases } from "../../client/index.ts";
import { clock } from "../../schemas/index.ts";
import { Outages, StreamsError, streamsLimits } from "../../streams/index.ts";
import { readModels } from "../../catalogue/index.ts";
import { listVersions } from "../publish/list-versions.ts";
import { moveByHand } from "../instances/move-by-hand.ts";
import { publishBlueprint, storeBlueprint, withdrawBlueprint } from "../publish/publish-blueprint.ts";
import type { Place } from "../start.ts";
import { knownBlueprints } from "../http/known-blueprints.ts";
import { latestAt, loopSource } from "../http/loop-source.ts";
import { openHttp } from "../http/open-http.ts";
import { tableRowsOf } from "../tables/index.ts";
import type { Loopstream, LoopstreamOptions } from "./loopstream.ts";
import { rowsOf } from "./rows.ts";
import { openSession } from "./session.ts";
import { Sessions } from "./sessions.ts";
import { sessionOptions } from "./session-options.ts";
import { whenKnown, whenPast } from "./when-known.ts";
import { trainModel } from "../../trainer/index.ts";

/**
 * Opens the loop for a product: on the log in a folder (`{ dir }`), or on Kafka (`{ brokers, registry, dir }`, with the
 * folder for local state). The loop runs in this process, with its schedules, unless `run` is false. If another process
 * has the folder's log open, that process runs the loop and this one works through it; when it ends, this one takes
 * over. On Kafka all processes share the work.
 *
 * Resolves when decisions can be asked. Waits up to a minute for brokers and a registry that are not there yet. Rejects
 * with a `SettingsError` that names the option, or with a `StreamsError`.
 */
export async function openLoopstream<T extends UseCases<T> = AnyUseCase>(
  options: LoopstreamOptions = {},
): Promise<Loopstream<T>> {
  const opening = sessionOptions(options);
  const { settings, log, metrics } = opening.start;
  const http = await openHttp(settings.http, opening.start);
  const outages = new Outages(log, metrics);
  const open = async (): Promise<readonly [Sessions, Client]> => {
    const started = await Sessions.start((signal, first) => openSession(opening, signal, first), options.signal);
    return [
      started,
      await clientOver(started, { ...opening.staying, log, outages, latest: () => latestAt(started.now?.place) }),
    ];
  };
  const [sessions, client] = await open().catch(async (error: unknown) => {
    await http?.close();
    throw error;
  });
  const place = async (): Promise<Place> => {
    const session = sessions.now ?? (await sessions.next(streamsLimits.startPatienceMs));
    session.check();
    return session.place;
  };
  const move = async (modelId: string, state: "production" | "withdrawn", reason?: string) => {
    const { model, lateMs, behind } = await moveByHand((await place()).tools, modelId, state, reason);
    if (lateMs > 0 || behind.length > 0)
      log.warn({ modelId, state, lateMs, behind }, "models: decisions just after the move may not go by it");
    return model;
  };
  const close: Client["close"] = async (how) => {
    // Requests under way are answered first.
    await http?.close();
    return client.close(how);
  };
  const { getDecision, getRanking, logObservations, activate, logEvent, onStatus } = client;
  const loopstream: Loopstream = {
    ...{ getDecision, getRanking, logObservations, activate, logEvent, onStatus, close },
    tables: tableRowsOf(place, knownBlueprints(place)),
    httpPort: http?.port,
    get status() {
      return client.status;
    },
    get runsHere() {
      return sessions.now?.place.loop !== undefined;
    },
    async publishBlueprint(blueprint, { from, live = true, ...how } = {}) {
      const text = typeof blueprint === "string" ? blueprint : blueprint.text;
      const at = await place();
      const published = live ? await publishBlueprint(at.tools, text, from, how) : await storeBlueprint(at.tools, text);
      await whenKnown(at);
      await whenPast(() => nowAt(at), published.liveAfter);
      return published;
    },
    async blueprints() {
      const at = await place();
      return listVersions(at.tools, nowAt(at));
    },
    async withdrawBlueprint(useCase, version) {
      const at = await place();
      await withdrawBlueprint(at.tools, useCase, version, nowAt(at));
      await whenKnown(at);
    },
    async train(useCase, { until, ...how } = {}) {
      const at = await place();
      const live = until === undefined ? { publishedAt: () => nowAt(at) } : {};
      return trainModel(at.tools, { useCase, until: until ?? nowAt(at), ...live, ...how });
    },
    async models(useCase) {
      const all = await readModels((await place()).tools);
      return all.filter((model) => useCase === undefined || model.useCase === useCase);
    },
    promote: (modelId, reason) => move(modelId, "production", reason),
    withdraw: (modelId, reason) => move(modelId, "withdrawn", reason),
    async *rows(useCase, how = {}) {
      yield* rowsOf((await place()).tools, useCase, how);
    },
    async idle() {
      const { loop } = await place();
      if (loop === undefined) throw elsewhere(opening.start.settings.dir);
      const time = loop.application.now();
      await loop.publisher.publish([{ topic: clock, key: "clock", value: { time }, time, partition: 0 }]);
      await loop.idle();
    },
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
  // A caller over HTTP hears whether a record is stored, and keeps it itself if it is not.
  const latest = (): number => latestAt(sessions.now?.place);
  const unbuffered = { links: sessions, buffer: false, log, outages, latest, close: () => Promise.resolve() } as const;
  http?.enter(loopSource(stayingClient(unbuffered), () => sessions.now?.place, settings.id));
  return loopstream as unknown as Loopstream<T>;
}

/** If its spool can't be opened, nothing is left open. */
async function clientOver(sessions: Sessions, options: Omit<StayingOptions, "links" | "close">): Promise<Client> {
  try {
    return stayingClient({ ...options, links: sessions, close: () => sessions.close() });
  } catch (error) {
    await sessions.close().catch(() => undefined);
    throw error;
  }
}

/** Uses the clock of records: a wrong clock of this machine must not date a model. */
const nowAt = ({ loop }: Place): number => loop?.application.now() ?? Date.now();

const elsewhere = (dir: string): StreamsError =>
  new StreamsError("BACKBONE_LOCKED", `the loop of ${dir} runs in another process, which alone knows when it is idle`);
