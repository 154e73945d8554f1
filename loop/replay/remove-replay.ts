import { REPLAYS } from "../../schemas/index.ts";
import type { Backbone } from "../../streams/index.ts";
import { ReplayError } from "./plan.ts";
import { replayProgress } from "./replay-topics.ts";

export interface RemovedReplay {
  readonly replay: string;
  readonly topics: readonly string[];
}

/**
 * Takes away all topics of a replay, its rows too unless they went elsewhere. No other topic can be named. Rejects with `ReplayError`.
 * @param replay as its result names it: `replay-1a2b3c4d-1`
 */
export async function removeReplay(backbone: Backbone, replay: string): Promise<RemovedReplay> {
  const all = await backbone.topics();
  const topics = all.filter((topic) => topic.startsWith(`${replay}-`));
  if (!NAME.test(replay) || topics.length === 0) {
    const known = all.flatMap((topic) =>
      topic.startsWith(REPLAYS) && topic.endsWith(`-${replayProgress.name}`)
        ? [topic.slice(0, -1 - replayProgress.name.length)]
        : [],
    );
    throw new ReplayError(`there is no replay ${replay}: there are ${known.join(", ") || "none"}`);
  }
  if (backbone.remove === undefined) {
    throw new ReplayError(
      `topics of a Kafka cluster go with its own tool: kafka-topics.sh --delete --topic '${replay}-.*'`,
    );
  }
  await backbone.remove(topics);
  return { replay, topics };
}

const NAME = new RegExp(`^${REPLAYS}[0-9a-f]{8}-\\d+$`);
