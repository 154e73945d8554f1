import type { OutgoingRecord, Producer, Transaction } from "../../backbone/backbone.ts";
import { checkTimes } from "../../backbone/event-time.ts";
import { checkSizes } from "../../backbone/record-size.ts";
import type { Handle, ListenerCalls, ServerCalls } from "./calls.ts";
import type { Link } from "./link.ts";
import { batches } from "./wire-size.ts";

type ToServer = Link<ListenerCalls, ServerCalls>;

/** Sizes and times are checked here, before a long call is cut into several frames. */
export function localProducer(link: ToServer, handle: Handle): Producer {
  return {
    send: (records) => sendAll(records, (batch) => link.call("send", handle, batch)),
    begin: async () => localTransaction(link, await link.call("begin", handle)),
    close: () => link.call("closeProducer", handle),
  };
}

function localTransaction(link: ToServer, handle: Handle): Transaction {
  return {
    send: (records) => sendAll(records, (batch) => link.call("sendWithin", handle, batch)),
    sendOffsets: (groupId, positions) => link.call("sendOffsets", handle, groupId, positions),
    commit: () => link.call("commitTransaction", handle),
    abort: () => link.call("abortTransaction", handle),
  };
}

/** All batches are on their way when this returns, so that the next call comes after them. */
async function sendAll(
  records: readonly OutgoingRecord[],
  send: (batch: readonly OutgoingRecord[]) => Promise<void>,
): Promise<void> {
  checkSizes(records);
  checkTimes(records);
  await Promise.all(batches(records).map(send));
}
