import { setTimeout as wait } from "node:timers/promises";
import type { GlobalFeed } from "../../global/global-feed.ts";
import { streamsLimits } from "../../limits.ts";
import type { Task } from "../../task/task.ts";
import type { ApplicationOptions } from "../application-options.ts";

/** Longest wait of a pass for the globals, ms. */
const PASS_MS = 50;

type Fed = Pick<Task, "fed">;

/**
 * Which tasks wait for the globals. Those with history wait until the globals hold everything published before: unlike
 * a live decision, an imported one sees every event from before its time. So do all tasks of work that nobody waits
 * for. After an outage, in which the globals could
 * not be read, all tasks wait until they have caught up, but not for long.
 */
export class GlobalsWait {
  readonly #options: Pick<ApplicationOptions, "backbone" | "maxTaskIdleMs" | "besideReplies">;
  #outage: { readonly since: number; readonly isOver: boolean } | undefined;

  constructor(options: Pick<ApplicationOptions, "backbone" | "maxTaskIdleMs" | "besideReplies">) {
    this.#options = options;
  }

  /** Every pass tells it whether the globals can be read. */
  note(globals: Pick<GlobalFeed, "unreadable">): void {
    const { unreadable } = globals;
    if (!unreadable && this.#outage === undefined) return;
    if (this.#outage?.isOver === !unreadable) return;
    this.#outage = { since: performance.now(), isOver: !unreadable };
  }

  /** Says of each task whether it waits in this pass. It takes at most a moment, so that the group and commits are served. */
  async waiting(globals: GlobalFeed, tasks: Iterable<Fed>): Promise<(task: Fed) => boolean> {
    if (await this.#isCatchingUp(globals)) return everyTask;
    const { maxTaskIdleMs, besideReplies = false } = this.#options;
    if (maxTaskIdleMs > 0 || !(besideReplies || hasHistory(tasks)) || (await this.#areWhole(globals))) return noTask;
    return besideReplies ? everyTask : ({ fed }) => fed;
  }

  async #isCatchingUp(globals: GlobalFeed): Promise<boolean> {
    const outage = this.#outage;
    if (outage === undefined) return false;
    const isPatient = performance.now() - outage.since < streamsLimits.globalsPatienceMs;
    if (!outage.isOver) {
      if (isPatient) await wait(PASS_MS);
      return isPatient;
    }
    if (isPatient && !(await this.#areWhole(globals))) return true;
    this.#outage = undefined;
    return false;
  }

  /** Whether the globals hold everything that is published now, after a moment's wait for it. */
  async #areWhole(globals: GlobalFeed): Promise<boolean> {
    const ends = await this.#options.backbone.offsets(globals.topics);
    if (globals.isAt(ends)) return true;
    const reached = globals.reached(ends);
    // If it fails later, the next pass meets the reason.
    reached.catch(() => undefined);
    await Promise.race([reached, wait(PASS_MS)]);
    return globals.isAt(ends);
  }
}

const everyTask = (): boolean => true;
const noTask = (): boolean => false;

function hasHistory(tasks: Iterable<Fed>): boolean {
  for (const { fed } of tasks) if (fed) return true;
  return false;
}
