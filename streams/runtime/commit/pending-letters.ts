import type { DeadLetterValue } from "../../task/dead-letter.ts";
import type { Task } from "../../task/task.ts";

/** Dead letters of work that is not committed yet. They count once it is: until then it may be done again. */
export class PendingLetters {
  readonly #byTask = new Map<Task, readonly DeadLetterValue[]>();
  /** Of records that were sent before their commit began, and could not be delivered. */
  readonly undelivered: DeadLetterValue[] = [];

  /** Call it when the task's outputs have been taken. */
  collect(task: Task): void {
    const letters = task.takenLetters;
    if (letters.length > 0) this.#byTask.set(task, [...(this.#byTask.get(task) ?? []), ...letters]);
  }

  /** Those of these tasks, for their commit. */
  take(tasks: readonly Task[]): DeadLetterValue[] {
    const letters = this.undelivered.splice(0);
    for (const task of this.#byTask.size === 0 ? [] : tasks) letters.push(...(this.#byTask.get(task) ?? []));
    this.forget(tasks);
    return letters;
  }

  forget(tasks: readonly Task[]): void {
    if (this.#byTask.size > 0) for (const task of tasks) this.#byTask.delete(task);
  }
}
