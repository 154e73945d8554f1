import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { streamsLimits } from "../../../limits.ts";
import { unlz4 } from "./lz4.ts";
import { unsnappy } from "./snappy.ts";
import { StreamsError } from "../../../errors.ts";

/**
 * The records of a batch, by Kafka's number of their compression. Throws if they can't be read, or are over
 * `batchBytes`.
 */
export function decompress(codec: number, bytes: Buffer): Buffer {
  const most = streamsLimits.batchBytes;
  switch (codec) {
    case 1:
      return gunzipSync(bytes, { maxOutputLength: most });
    case 2:
      return unsnappy(bytes, most);
    case 3:
      return unlz4(bytes, most);
    case 4:
      return zstdDecompressSync(bytes, { maxOutputLength: most });
    default:
      throw new StreamsError("UNREADABLE_BATCH", `compression ${codec} is none that Kafka has`);
  }
}
