import { blueprintTable } from "../../catalogue/index.ts";
import { silent, StreamsError, type Application } from "../../streams/index.ts";
import { every, keepRunning, type Running } from "../running.ts";
import { groupsNow, type GroupNow } from "./groups-now.ts";
import { startGroup, type GroupOptions } from "./start-group.ts";

interface Member {
  readonly closing: AbortController;
  readonly done: Promise<void>;
  /** The group that runs now; it is another one after an error. */
  running: Promise<Application>;
}

/** Between two looks at the blueprints, ms. */
const LOOK_EVERY_MS = 1_000;

/** The groups beside the loop that this process takes part in. One that fails is started again later, and the others go on. */
export class GroupSet implements Running {
  readonly #options: GroupOptions;
  readonly #members = new Map<string, Member>();
  readonly #looking: Running;
  #seen: string | undefined;

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#looking = every(LOOK_EVERY_MS, options.outages.of("groups"), () => this.look());
  }

  /** Starts those that are new, and ends those that no version needs any more. */
  async look(): Promise<void> {
    const { loop } = this.#options;
    const table = loop.global(blueprintTable);
    const now = loop.now();
    const wanted = groupsNow(table, now);
    const seen = [...wanted.keys()].join();
    if (seen === this.#seen) return;
    this.#seen = seen;
    await this.#end([...this.#members.keys()].filter((name) => !wanted.has(name)));
    for (const [name, group] of wanted) if (!this.#members.has(name)) this.#start(name, group);
  }

  /** Resolves once the rows that are there now are worked on. */
  async idle(): Promise<void> {
    await this.look();
    await Promise.all(
      [...this.#members.values()].map(async (member) => {
        const running = await member.running;
        await running.idle();
        // What its first part has written is read by its second.
        await running.idle();
      }),
    );
  }

  async close(): Promise<void> {
    await this.#looking.close();
    await this.#end([...this.#members.keys()]);
  }

  #start(name: string, group: GroupNow): void {
    const { log = silent } = this.#options;
    const closing = new AbortController();
    const first = Promise.withResolvers<Application>();
    // Who waits for it hears of an end by itself.
    first.promise.catch(() => undefined);
    const member: Member = {
      closing,
      running: first.promise,
      done: keepRunning({
        ...{ signal: closing.signal, log, what: { group: name } },
        sentence: "a group beside the loop has stopped: it is started again",
        start: async (onFailure) => {
          const running = await startGroup({ ...this.#options, onFailure }, group);
          member.running = Promise.resolve(running);
          first.resolve(running);
          return running;
        },
      }).finally(() => first.reject(new StreamsError("CLOSED", "no version needs it any more"))),
    };
    this.#members.set(name, member);
  }

  async #end(names: readonly string[]): Promise<void> {
    const over = names.map((name) => this.#members.get(name)!);
    for (const { closing } of over) closing.abort();
    await Promise.all(over.map(({ done }) => done));
    for (const name of names) this.#members.delete(name);
  }
}
