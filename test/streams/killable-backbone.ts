import { StreamsError, type Backbone, type OutgoingRecord, type Producer } from "../../streams/index.ts";

/** A process whose writes fail from one of them on, as if it had been killed there. */
export function killable(
  backbone: Backbone,
  after = false,
): { readonly backbone: Backbone; killAt: number; readonly killed: boolean } {
  const state = { killAt: Number.POSITIVE_INFINITY, killed: false };
  const dead = (): StreamsError => new StreamsError("CLOSED", "killed");
  /** Every second kill comes when the write is done, and before anybody knows. */
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    if (state.killed) throw dead();
    if (--state.killAt > 0) return work();
    state.killed = true;
    if (after) await work();
    throw dead();
  };
  const wrapped = (producer: Producer): Producer =>
    bound(producer, {
      send: (records: readonly OutgoingRecord[]) => attempt(() => producer.send(records)),
      begin: async () => {
        const transaction = await producer.begin();
        return bound(transaction, { commit: () => attempt(() => transaction.commit()) });
      },
    });
  const own = bound(backbone, {
    producer: async (options: Parameters<Backbone["producer"]>[0]) => wrapped(await backbone.producer(options)),
  });
  return Object.defineProperties({ backbone: own } as ReturnType<typeof killable>, {
    killAt: { set: (at: number) => (state.killAt = at) },
    killed: { get: () => state.killed },
  });
}

/** The object with other methods; the rest are called on the object itself. */
function bound<T extends object>(object: T, methods: object): T {
  return new Proxy(object, {
    get(target, name) {
      const own = (methods as Record<string | symbol, unknown>)[name];
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value as (...all: unknown[]) => unknown).bind(target) : value;
    },
  });
}
