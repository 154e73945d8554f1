import type { ReplayStep } from "../../loop/index.ts";
import { progress } from "../text/progress.ts";

/** The progress of a replay, or of several one after the other. */
export function replayBar(): { readonly onStep: (step: ReplayStep) => void; readonly stop: () => void } {
  let bar: ReturnType<typeof progress> | undefined;
  return {
    onStep({ until, requests, total }) {
      bar ??= progress("replay", total);
      bar.update(requests, `decisions, up to ${new Date(until).toISOString().slice(0, 13)}h`, total);
    },
    stop: () => bar?.stop(),
  };
}
