import {
  courtesy,
  estimateBlueprint,
  loopOptions,
  openTools,
  replayPlace,
  type BlueprintEstimate,
  type EstimateRequest,
  type Settings,
} from "../../../loop/index.ts";
import { Outages } from "../../../streams/index.ts";
import { createLog } from "../../text/log.ts";

import { tellUnreadable } from "../../text/unreadable.ts";
import { checkLog, connectHere } from "../connection.ts";
import { takeLowestPriority } from "../lowest-priority.ts";
import { replayBar } from "../replay-bar.ts";
import { stopOnSignals } from "../stopping.ts";

interface Asked extends EstimateRequest {
  readonly useCase: string;
  /** The salt that the loop ran with. Absent: the settings'. */
  readonly salt: string | undefined;
  readonly stepMs: number;
  readonly latenessMs: number;
  readonly incomplete: boolean;
}

/** Estimates in this process, behind all others. `undefined`: a signal has stopped it. */
export async function estimateHere(
  settings: Settings,
  { useCase, salt = settings.salt, stepMs, latenessMs, incomplete, ...request }: Asked,
): Promise<{ readonly estimate: BlueprintEstimate; readonly code: number } | undefined> {
  checkLog(settings);
  const log = createLog(false);
  const outages = new Outages(log);
  const { signal } = stopOnSignals(log);
  takeLowestPriority();
  const connection = await connectHere(settings, { outages, log });
  const unreadable = tellUnreadable({ useCase });
  const bar = replayBar();
  try {
    const tools = await openTools(loopOptions(settings, connection, "live"));
    tools.serdes.unreadable.listen(unreadable.tell);
    try {
      const estimate = await estimateBlueprint(tools, request, {
        ...replayPlace(settings, connection),
        ...{ salt, latenessMs, incomplete, stepMs: Math.max(1, stepMs), outages, signal },
        onUnreadable: unreadable.tell,
        onStep: bar.onStep,
        pacing: courtesy(connection.backbone, {}),
      });
      return estimate && { estimate, code: unreadable.end() };
    } finally {
      await tools.close();
    }
  } finally {
    bar.stop();
    await connection.close();
  }
}
