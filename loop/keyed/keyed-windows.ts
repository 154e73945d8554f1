import { setTimeout as delay } from "node:timers/promises";
import { blueprintTable } from "../../catalogue/index.ts";
import { eventWindows, sharedStates, WindowShares, type FarWindows, type WindowValues } from "../../operators/index.ts";
import { windowAnswers, windowLookups, type WindowLookup } from "../../schemas/index.ts";
import { createRequester, silent, type Application, type Outages, type Serdes } from "../../streams/index.ts";
import type { LoopOptions } from "../loop-options.ts";
import { every, keepRunning, type Running } from "../running.ts";
import { startAnswers } from "./answer-lookups.ts";
import { ShareAsker } from "./ask-shares.ts";

export interface KeyedOptions extends LoopOptions {
  readonly serdes: Serdes;
  readonly outages: Outages;
  readonly instanceId: string;
  /** Asked when a decision first needs it. */
  readonly application: () => Application;
}

/** Longest wait of a decision for windows that another instance has, ms, if the settings name none. */
const LOOKUP_MS = 100;
/** Longest wait until this instance has its shares, with all their events, ms. */
const JOIN_MS = 30_000;
const LOOK_EVERY_MS = 1_000;
const LOOK_MS = 5;

/**
 * Windows with `state: keyed`: each instance has the events of some keys, and asks the others for theirs. Nothing of it is
 * open before a version asks for such windows (docs/decisions/096).
 */
export class KeyedWindows implements FarWindows, Running {
  readonly shares = new WindowShares();
  readonly #options: KeyedOptions;
  readonly #closing = new AbortController();
  #looking: Running | undefined;
  #isReady = false;
  #started: Promise<ShareAsker> | undefined;
  #answering: Promise<void> | undefined;
  #ended: (() => Promise<void>) | undefined;

  constructor(options: KeyedOptions) {
    this.#options = options;
  }

  /** Call it before events are read: those that come before this instance knows its parts count in the ones that it kept. */
  async open(): Promise<void> {
    const count = await this.#options.backbone.partitions(windowLookups.name);
    if (count !== undefined) this.shares.spreadOver(count);
  }

  /** Takes part as soon as a version asks for it. */
  watch(): void {
    this.#looking = every(LOOK_EVERY_MS, this.#options.outages.of("keyed windows"), async () => {
      if (this.needed.size > 0) await this.#start();
    });
  }

  /** State ids that are kept by share. */
  get needed(): ReadonlySet<string> {
    return sharedStates(this.#options.application().global(blueprintTable));
  }

  /** State ids whose shares are not settled here yet. */
  get unsettled(): readonly string[] {
    const windows = this.#options.application().global(eventWindows);
    const areSettled = (stateId: string): boolean => this.shares.partsOf(stateId).every((part) => windows.holds(part));
    return [...this.needed].filter((stateId) => !this.shares.areKnown || !areSettled(stateId));
  }

  async ask(lookups: readonly WindowLookup[], isHistory: boolean): Promise<readonly (WindowValues | undefined)[]> {
    const asker = await this.#start();
    const isPatient = isHistory || this.#options.maxTaskIdleMs > 0;
    if (!this.#isReady) await this.#untilReady(isPatient);
    return asker.ask(lookups, isPatient);
  }

  #start(): Promise<ShareAsker> {
    this.#started ??= this.#open().catch((error: unknown) => {
      this.#started = undefined;
      throw error;
    });
    return this.#started;
  }

  async #open(): Promise<ShareAsker> {
    const { backbone, serdes, outages, log = silent, lookupMs: budgetMs = LOOKUP_MS, instanceId } = this.#options;
    const { signal } = this.#closing;
    const application = this.#options.application();
    for (const topic of [windowLookups, windowAnswers]) await application.openTopic(topic);
    this.#answering ??= keepRunning({
      ...{ signal, log, what: { group: "windows" }, sentence: "lookups of windows have stopped: they begin again" },
      start: (onFailure) =>
        startAnswers({
          ...{ ...this.#options, application, shares: this.shares, patienceMs: budgetMs, log, onFailure },
        }),
    });
    const requester = createRequester({
      ...{ backbone, serdes, requests: windowLookups, replies: windowAnswers, instanceId, outages },
    });
    this.#ended = () => requester.close();
    const { metrics } = application;
    const outage = outages.of("lookups of windows");
    return new ShareAsker({ requester, application, budgetMs, metrics, signal, outage, shares: this.shares });
  }

  /** At first a decision waits until this instance has its shares whole, but not for long: others need their answers. */
  async #untilReady(isPatient: boolean): Promise<void> {
    const windows = this.#options.application().global(eventWindows);
    const until = performance.now() + JOIN_MS;
    const isWhole = (stateId: string): boolean =>
      this.shares.partsOf(stateId).every((part) => !windows.warming.has(part));
    const mayEnd = (): boolean => performance.now() > until && (!isPatient || this.shares.areKnown);
    while (!mayEnd() && !(this.unsettled.length === 0 && [...this.needed].every(isWhole)))
      await delay(LOOK_MS, undefined, { signal: this.#closing.signal });
    this.#isReady = true;
  }

  /** Asks no more: what is under way is done again by another run. */
  giveUp(): void {
    this.#closing.abort();
  }

  async close(): Promise<void> {
    this.giveUp();
    await this.#looking?.close();
    await this.#started?.catch(() => undefined);
    await this.#answering;
    await this.#ended?.();
  }
}
