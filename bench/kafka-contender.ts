/** The tasks of every client. `prepare` is not timed; the function that it resolves to is. */
export interface Contender {
  readonly name: string;
  /** Idempotent, all replicas: so many records over the topic's partitions, in calls of `CALL`, one call after the other. */
  produce(topic: string, records: number): Promise<Timed>;
  /** Committed records of all partitions, from the start of the topic until so many have come. */
  consume(topic: string, records: number): Promise<Timed>;
  /** So many transactions, one after the other, of `TRANSACTION` records each with one offset of a group that this process is a member of. */
  transactions(topic: string, input: string, transactions: number): Promise<Timed>;
  /** So many requests, one after the other, that are read, answered over a second topic and read again; resolves to each round's milliseconds. */
  hops(requests: string, replies: string, rounds: number): Promise<{ run(): Promise<number[]>; end(): Promise<void> }>;
  close(): Promise<void>;
}

export interface Timed {
  run(): Promise<void>;
  end(): Promise<void>;
}

export const PARTITIONS = 4;
export const CALL = 500;
export const TRANSACTION = 100;

const key = Buffer.from("customer-000001");
/** About the size of a decision: a record of 200 bytes. */
const value = Buffer.alloc(200, 7);
export const payload = Object.freeze({ key, value });
