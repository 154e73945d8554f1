import { blueprints, models, rowsTopicName } from "../../schemas/index.ts";
import type { UnreadableRecord } from "../../streams/index.ts";
import { exitCodes } from "../exit-codes.ts";
import { stderrLine } from "../terminal/status-line.ts";

const MOST_SHOWN = 20;

/** The scope of a command: an unusable record counts for its exit code if it belongs to this. */
export interface Needed {
  /** One or several. Absent: every use case. */
  readonly useCase?: string | readonly string[] | undefined;
  /** Rows are read from this topic. Absent: from the use case's own. */
  readonly rowsTopic?: string | undefined;
}

/** For commands to which these records make no difference. */
export const nothingNeeded: Needed = Object.freeze({ useCase: "" });

export interface Unreadable {
  tell(record: UnreadableRecord): void;
  /** Says how many were not shown. @returns the exit code of a command that succeeded. */
  end(): number;
}

/** Says on stderr, with its place, which records a tool had to leave out. The tool goes on. */
export function tellUnreadable(needed: Needed = {}): Unreadable {
  let count = 0;
  let code: number = exitCodes.ok;
  return {
    tell(unreadable) {
      if (isNeeded(unreadable, needed)) code = exitCodes.partly;
      if (++count <= MOST_SHOWN) stderrLine.write(lineOf(unreadable));
    },
    end() {
      const more = count - MOST_SHOWN;
      if (more > 0) stderrLine.write(`loopstream: left out ${more} more records that can't be used`);
      return code;
    },
  };
}

function lineOf({ record, error }: UnreadableRecord): string {
  const { topic, partition } = record;
  const offset = record.unreadable?.firstOffset ?? record.offset;
  const key = keyOf(record);
  const reason = error instanceof Error ? error.message : String(error);
  return `loopstream: left out ${topic}/${partition} offset ${offset}, key ${JSON.stringify(key)}: ${reason}`;
}

/** A version or a model of the use case, or one of the rows that are read. */
function isNeeded({ record }: UnreadableRecord, { useCase, rowsTopic }: Needed): boolean {
  const { topic } = record;
  if (topic === blueprints.name || topic === models.name) {
    const [owner, ...rest] = keyOf(record).split("/");
    return rest.length > 0 && (useCase === undefined || [useCase].flat().includes(owner!));
  }
  if (useCase === undefined) return false;
  return rowsTopic === undefined ? [useCase].flat().map(rowsTopicName).includes(topic) : topic === rowsTopic;
}

const keyOf = ({ key }: UnreadableRecord["record"]): string => Buffer.from(key ?? []).toString();
