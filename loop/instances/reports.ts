import { eventWindows, stateIdOf, tableContent } from "../../operators/index.ts";
import { blueprints, instances, models } from "../../schemas/index.ts";
import type { Loop } from "../loop.ts";
import { every, type Running } from "../running.ts";

/** The names of their parts differ: those of windows have a slash, and those of tables none. */
const globals = [eventWindows, tableContent];

/**
 * Reports every second how far this instance is. A publisher of a version reads from it which instances to wait for.
 */
export function startReports(loop: Loop, everyMs = 1_000): Running {
  const say = async (running: boolean): Promise<void> => {
    const { application, instanceId: instance, publisher, keyed } = loop;
    const progress = application.globalsProgress;
    // The instance is joining the group: it fills its windows before it decides.
    if (running && progress === undefined) return;
    const parts = (): readonly string[] => globals.flatMap((global) => [...application.global(global).warming]);
    const value = {
      ...{ instance, running, blueprintsRead: progress?.next(blueprints.name, 0) ?? 0 },
      ...{ warming: running ? [...new Set([...parts().map(stateIdOf), ...keyed.unsettled])] : [] },
      eventsLeft: progress?.leftToFill ?? 0,
      modelsRead: progress?.next(models.name, 0) ?? 0,
    };
    await publisher.publish([{ topic: instances, key: instance, value, time: application.now() }]);
  };
  const reports = every(everyMs, loop.outages.of("reports"), () => say(true));
  void say(true).catch(() => undefined);
  return {
    async close() {
      await reports.close();
      await say(false).catch(() => undefined);
    },
  };
}
