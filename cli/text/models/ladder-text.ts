import { stateText } from "../../../catalogue/index.ts";
import type { ListedOnLadder } from "../../../loop/index.ts";
import { shownTime, table } from "../output.ts";

/** A line a model: where it stands, since when, what comes next, and what it waits for or why it is there. */
export const ladderText = (models: readonly ListedOnLadder[]): string =>
  models.length === 0
    ? "no model of a blueprint with a ladder is there"
    : table(
        ["use case", "version", "model", "state", "since", "next", "why"],
        models.map(({ useCase, blueprintVersion, live, modelId, state, climbs, watched, next, reason }) => [
          ...[
            useCase,
            live ? blueprintVersion : `${blueprintVersion} (not live)`,
            modelId,
            stateText(state),
            shownTime(state.time),
          ],
          ...[next ?? (climbs ? "waits" : watched ? "watched" : ""), reason],
        ]),
      );
