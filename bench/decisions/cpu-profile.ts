import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    readonly lineNumber: number;
  };
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

export interface Share {
  readonly name: string;
  /** Of the time that the main thread was not idle. */
  readonly share: number;
}

const root = resolve(import.meta.dirname, "../..");
/** Start-up and compilation. */
const SKIPPED = 0.4;

/** Self time of a V8 CPU profile by place and by function, without the first part of it. */
export function readCpuProfile(file: string): {
  /** The part of the time in which the main thread waited. */
  readonly idle: number;
  readonly places: readonly Share[];
  readonly functions: readonly Share[];
} {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, "utf8")) as Profile;
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const timed = samples
    .map((id, at) => ({ frame: byId.get(id)!, micros: timeDeltas[at]! }))
    .slice(Math.floor(samples.length * SKIPPED));
  const counted = timed.filter(({ frame }) => frame.functionName !== "(idle)");
  const total = sumOf(counted);
  const shares = (name: (frame: ProfileNode["callFrame"]) => string): readonly Share[] => {
    const sums = new Map<string, number>();
    for (const { frame, micros } of counted) sums.set(name(frame), (sums.get(name(frame)) ?? 0) + micros);
    return [...sums].map(([key, sum]) => ({ name: key, share: sum / total })).sort((a, b) => b.share - a.share);
  };
  return {
    idle: 1 - total / sumOf(timed),
    places: shares(placeOf),
    functions: shares(
      ({ functionName, url, lineNumber }) =>
        `${functionName || "(anonymous)"} ${placed(url)}${url === "" ? "" : `:${lineNumber + 1}`}`,
    ),
  };
}

const sumOf = (samples: readonly { readonly micros: number }[]): number =>
  samples.reduce((sum, { micros }) => sum + micros, 0);

/** `streams/task`, `streams/backbones/kafka`, a package, `node`, or V8's name for work outside functions. */
function placeOf({ functionName, scriptId, url }: ProfileNode["callFrame"]): string {
  if (url === "" && functionName.startsWith("(")) return functionName;
  // Only avsc makes functions of text.
  if (url === "") return Number(scriptId) > 0 ? "avsc" : "native code";
  if (url.startsWith("node:")) return "node";
  const path = placed(url);
  const packaged = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path);
  if (packaged !== null) return packaged[1]!;
  return path
    .split("/")
    .slice(0, path.startsWith("streams/backbones/") ? 3 : 2)
    .join("/");
}

function placed(url: string): string {
  if (!url.startsWith("file:")) return url;
  const path = relative(root, fileURLToPath(url));
  const at = path.lastIndexOf("node_modules/");
  return at < 0 ? path : path.slice(at);
}
