import { setTimeout as delay } from "node:timers/promises";
import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { Outages, readTable, Serdes, type Log } from "../../streams/index.ts";
import { connect, type Connection } from "../connect.ts";
import { keepRunning } from "../running.ts";
import { loopOptions } from "../loop-options.ts";
import { patiently } from "../patiently.ts";
import type { Settings } from "../settings/settings.ts";
import type { VersionName } from "./shadow-place.ts";
import { shadowsNow, unreadableShadows, type ShadowNow } from "./shadows-now.ts";
import { startShadow } from "./start-shadow.ts";

export interface RunShadowsOptions {
  readonly settings: Settings;
  readonly log: Log;
  /** Ends the run. */
  readonly signal: AbortSignal;
  /** Only these. Absent: every version that is in shadow. */
  readonly asked?: Partial<VersionName> | undefined;
}

/** Between two looks at the blueprints, ms. */
const LOOK_EVERY_MS = 1_000;

/**
 * Runs the versions that are in shadow, each by itself: one that fails is started again later, and the others go on.
 * A version that goes into shadow meanwhile joins, one whose shadow ends leaves once its labels have come. On the
 * embedded log another process runs the loop; while that is away, this one waits for it.
 */
export async function runShadows({ settings, log, signal, asked }: RunShadowsOptions): Promise<void> {
  const outages = new Outages(log);
  while (!signal.aborted) {
    const join = settings.brokers.length === 0;
    const attempt = (): Promise<Connection> => connect(settings, { outages, log, join });
    // It waits for the loop, however long that is away.
    const connection = await patiently(outages.of("start"), signal, attempt, Number.POSITIVE_INFINITY);
    if (connection === undefined) return;
    const ending = AbortSignal.any([signal, connection.gone]);
    try {
      await new ShadowSet(connection, settings, log, outages, asked).run(ending);
    } finally {
      await connection.close().catch(() => undefined);
    }
  }
}

interface Member {
  /** What it was started for: another span is another start. */
  readonly key: string;
  readonly closing: AbortController;
  readonly done: Promise<void>;
}

class ShadowSet {
  readonly #connection: Connection;
  readonly #settings: Settings;
  readonly #log: Log;
  readonly #outages: Outages;
  readonly #asked: Partial<VersionName> | undefined;
  readonly #members = new Map<string, Member>();

  constructor(
    connection: Connection,
    settings: Settings,
    log: Log,
    outages: Outages,
    asked: Partial<VersionName> | undefined,
  ) {
    this.#connection = connection;
    this.#settings = settings;
    this.#log = log;
    this.#outages = outages;
    this.#asked = asked;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { backbone, registry, subjectPrefix } = this.#connection;
    const serdes = new Serdes(registry, subjectPrefix);
    const looking = this.#outages.of("shadow versions");
    let said: number | undefined;
    const told = new Set<string>();
    try {
      while (!signal.aborted) {
        try {
          const table = await readTable(backbone, serdes, blueprintTable);
          looking.ended();
          const valid = validBlueprints(table);
          const now = shadowsNow(table, valid, Date.now(), this.#asked);
          await this.#settle(now);
          for (const [version, problem] of unreadableShadows(table, valid, Date.now())) {
            if (!told.has(version))
              this.#log.warn({ version, problem }, "a version in shadow can't be run by this release");
            told.add(version);
          }
          if (now.length !== said) {
            said = now.length;
            this.#log.info({ versions: now.map(({ of }) => nameOf(of)) }, `${said} in shadow`);
          }
        } catch (error) {
          if (signal.aborted) break;
          looking.failed(error);
        }
        await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      looking.givenUp();
      await this.#settle([]);
    }
  }

  /** Starts those that are new, and ends those that are no longer there. */
  async #settle(now: readonly ShadowNow[]): Promise<void> {
    const keys = new Map(now.map((shadow) => [keyOf(shadow), shadow]));
    const over = [...this.#members.values()].filter(({ key }) => !keys.has(key));
    for (const { closing } of over) closing.abort();
    await Promise.all(over.map(({ done }) => done));
    for (const { key } of over) this.#members.delete(key);
    for (const [key, shadow] of keys) if (!this.#members.has(key)) this.#members.set(key, this.#start(key, shadow));
  }

  #start(key: string, shadow: ShadowNow): Member {
    const closing = new AbortController();
    return { key, closing, done: this.#keep(shadow, closing.signal) };
  }

  /** Runs one version until the signal. */
  #keep({ of, span }: ShadowNow, signal: AbortSignal): Promise<void> {
    const settings = this.#settings;
    const { id: liveId, ...options } = loopOptions(settings, this.#connection, "live");
    return keepRunning({
      ...{ signal, log: this.#log, what: { version: nameOf(of) } },
      sentence: "a version in shadow has stopped: it is started again",
      start: (onFailure) =>
        startShadow({
          ...options,
          ...{ liveId, of, span, dir: settings.dir, log: this.#log, outages: this.#outages, onFailure },
        }),
    });
  }
}

const nameOf = ({ useCase, version }: VersionName): string => `${useCase}/${version}`;
const keyOf = ({ of, span }: ShadowNow): string => `${nameOf(of)}/${span.from}/${span.to}`;
