import type { MovedByHand } from "../../../loop/index.ts";
import { stderrLine } from "../../terminal/status-line.ts";
import { shownTime } from "../output.ts";
import { newestState } from "./models-text.ts";

/** A model that was moved by hand: `6d73b364a7923541 is canary 5% for decisions after 2026-01-05T08:00:00.000Z`. */
export const movedText = ({ model, after }: MovedByHand): string =>
  `${model.modelId} is ${newestState(model)} for decisions after ${shownTime(after)}`;

/** Says on stderr which decisions may not go by a move. */
export function tellBehind({ after, lateMs, behind }: MovedByHand): void {
  if (lateMs > 0)
    stderrLine.write(
      `loopstream: the move was written ${lateMs} ms after ${shownTime(after)}: decisions in between may not go by it, and an audit names them`,
    );
  for (const instance of behind)
    stderrLine.write(
      `loopstream: instance ${instance} has not read the move within 5 s: its decisions may not go by it until it has, and an audit names them`,
    );
}

/**
 * Says on stderr if no decision goes by a model that was moved, since its version is not the live one, or if a live version is left
 * without a model.
 *
 * @param live version of the use case; absent: none is
 * @param production model of the moved one's version; absent: there is none
 */
export function tellStanding(
  { model: { modelId, useCase, blueprintVersion: version, states } }: Pick<MovedByHand, "model">,
  live: string | undefined,
  production: string | undefined,
): void {
  const decides = ["production", "canary"].includes(states.at(-1)!.state);
  if (live !== version && decides)
    stderrLine.write(
      `loopstream: no decision goes by ${modelId}: its version ${version} of ${useCase} is not live, ${live ?? "and none"} is`,
    );
  if (live === version && production === undefined)
    stderrLine.write(
      `loopstream: no model of ${useCase} ${version}, the live version, is in production now: decisions that need one are null until one is`,
    );
}
