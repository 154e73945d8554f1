import type { Origin } from "../operator.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { AnyTopic } from "../topic.ts";
import type { Arrival } from "./arrival.ts";
import type { SeriesOf } from "../metrics/series.ts";
import type { HoldOptions } from "./hold.ts";
import type { RecordRoom } from "./record-room.ts";

/** The parts that the application gives a task. */
export interface TaskEnvironment extends HoldOptions {
  readonly serdes: Serdes;
  readonly deadLetters: AnyTopic;
  /** The limit of each topic. Absent: the runtime's. */
  readonly room?: RecordRoom;
  /** Views of the topology's globals by name. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** Creates a topic and registers its schema. */
  readonly open: (topic: AnyTopic) => Promise<void>;
  readonly onHandled: (operator: string, records: number) => void;
  /** The time at which what is read now arrives. */
  readonly arrival: () => Arrival;
  /** The metrics that written records add to. Absent: none. */
  readonly seriesOf?: SeriesOf | undefined;
  readonly onPassedOn?: (topic: string) => void;
  /** The first record of an input that belongs to another partition. */
  readonly onForeign?: (origin: Origin) => void;
  /** Called with each record that lay in a wrong partition, or has come from one. */
  readonly onDetour?: () => void;
  /** Timers wait until they are released, since such records are on their way. Absent: they never do. */
  readonly isHeld?: () => boolean;
}
