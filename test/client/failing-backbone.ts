import { StreamsError, type Backbone } from "../../streams/index.ts";
import { bound } from "../streams/bound-backbone.ts";

/**
 * `well`; `away`: nothing is stored; `mute`: everything is stored, and every call fails; `held`: calls wait and then go
 * on; `stuck`: everything is stored, and the answers wait.
 */
export type Mood = "well" | "away" | "mute" | "held" | "stuck";

export interface FailingBackbone {
  readonly backbone: Backbone;
  mood: Mood;
  /** Another error than that brokers can't be reached. */
  error: StreamsError | undefined;
  /** `events` may be written and not be read. */
  unreadable: boolean;
}

/** A backbone whose producers lose records or answers. */
export function failing(whole: Backbone): FailingBackbone {
  const release: (() => void)[] = [];
  let mood: Mood = "well";
  const away = (): StreamsError => state.error ?? new StreamsError("BACKBONE_UNAVAILABLE", "the brokers are away");
  const over = async (one: Mood): Promise<void> => {
    while (mood === one) await new Promise<void>((resolve) => release.push(resolve));
  };
  const state: FailingBackbone = {
    get mood() {
      return mood;
    },
    set mood(next) {
      mood = next;
      for (const each of release.splice(0)) each();
    },
    error: undefined,
    unreadable: false,
    backbone: {
      ...bound(whole),
      async offsets(topics) {
        if (mood === "away" && state.error === undefined) throw away();
        return whole.offsets(topics);
      },
      async reader(positions, options) {
        if (state.unreadable) throw new StreamsError("ACCESS_DENIED", "this user may not read");
        return whole.reader(positions, options);
      },
      async producer(options) {
        const producer = await whole.producer(options);
        return {
          begin: (after) => producer.begin(after),
          close: () => producer.close(),
          async send(records) {
            await over("held");
            if (mood === "away") throw away();
            await producer.send(records);
            await over("stuck");
            if (mood === "mute") throw away();
          },
        };
      },
    },
  };
  return state;
}
