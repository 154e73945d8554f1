import type { GroupReader, Reader } from "../../backbone/backbone.ts";
import type { Handle, ListenerCalls, ServerCalls } from "./calls.ts";
import type { Link } from "./link.ts";

type ToServer = Link<ListenerCalls, ServerCalls>;

/** The wait of a `poll` is the server's. */
export function localReader(link: ToServer, handle: Handle): Reader {
  return {
    poll: (maxWaitMs, maxRecords) => link.call("poll", handle, maxWaitMs, maxRecords),
    pause: (partitions) => untold(link.call("pause", handle, partitions)),
    resume: (partitions) => untold(link.call("resume", handle, partitions)),
    seek: (position) => untold(link.call("seek", handle, position)),
    close: () => link.call("closeReader", handle),
  };
}

export function localGroup(link: ToServer, handle: Handle, onClose: () => void): GroupReader {
  const reader = localReader(link, handle);
  return {
    ...reader,
    commit: (positions) => link.call("commitGroup", handle, positions),
    async close() {
      await reader.close();
      onClose();
    },
  };
}

/** These fail only when the reader or the connection has gone: the next `poll` says so. */
function untold(call: Promise<void>): void {
  call.catch(() => undefined);
}
