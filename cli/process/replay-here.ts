import {
  courtesy,
  replay,
  replayPlace,
  type ReplayOptions,
  type ReplayRequest,
  type ReplayResult,
  type Settings,
} from "../../loop/index.ts";
import { Outages } from "../../streams/index.ts";
import { createLog } from "../text/log.ts";

import { checkLog, connectHere } from "./connection.ts";
import { takeLowestPriority } from "./lowest-priority.ts";
import { replayBar } from "./replay-bar.ts";
import { stopOnSignals } from "./stopping.ts";

type Asked = { readonly [K in "from" | "to" | "blueprintVersion" | "into"]: ReplayRequest[K] | undefined } & {
  readonly useCase: string;
  /** Share of the time to work in. Absent: as much as the live loop leaves. */
  readonly pace: number | undefined;
} & Required<Pick<ReplayOptions, "stepMs" | "latenessMs" | "statistics" | "incomplete" | "fresh" | "onUnreadable">>;

/** Replays in this process, behind all others, with a progress bar. `undefined`: a signal has stopped it. */
export async function replayHere(settings: Settings, asked: Asked): Promise<ReplayResult | undefined> {
  const { useCase, from, to, blueprintVersion, into, pace } = asked;
  const { stepMs, latenessMs, statistics, incomplete, fresh, onUnreadable } = asked;
  checkLog(settings);
  const log = createLog(false);
  const outages = new Outages(log);
  const { signal } = stopOnSignals(log);
  takeLowestPriority();
  const connection = await connectHere(settings, { outages, log });
  const bar = replayBar();
  try {
    return await replay({
      ...replayPlace(settings, connection),
      ...{ latenessMs, statistics, incomplete, fresh, onUnreadable },
      stepMs: Math.max(1, stepMs),
      request: {
        useCase,
        from,
        to,
        blueprintVersion,
        into,
      },
      onStep: bar.onStep,
      pacing: courtesy(connection.backbone, pace === undefined ? {} : { share: pace }),
      ...{ outages, signal },
    });
  } finally {
    bar.stop();
    await connection.close();
  }
}
