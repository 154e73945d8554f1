import type { BanditDecision } from "../../../recompute/index.ts";
import { sinkTo } from "../byte-sink.ts";
import { dsjsonLine } from "./dsjson-line.ts";

const chunkLength = 64 * 1024;

/**
 * Writes decisions to a file, compressed when its name ends in `.gz`, or to standard output (`-`). If that fails,
 * nothing is left of the file.
 * @returns the number of lines.
 */
export async function writeDsjson(path: string, decisions: AsyncIterable<BanditDecision>): Promise<number> {
  const sink = await sinkTo(path, path.toLowerCase().endsWith(".gz"));
  let written = 0;
  try {
    let text = "";
    for await (const decision of decisions) {
      text += `${dsjsonLine(decision)}\n`;
      written += 1;
      if (text.length < chunkLength) continue;
      await sink.write(text);
      text = "";
    }
    if (text !== "") await sink.write(text);
    await sink.finish();
  } catch (error) {
    await sink.abort();
    throw error;
  }
  return written;
}
