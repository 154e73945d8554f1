import { isScalar, isSeq, type Node } from "yaml";
import type { Source } from "./source.ts";

/** A value in the YAML tree, with everything needed to report a problem with it. */
export interface Place {
  readonly source: Source;
  /** Null if the key has no value. */
  readonly node: Node | null;
  readonly path: string;
  /** The offset to point at without a node, 0-based. */
  readonly offset: number;
}

export function offsetOf(place: Place): number {
  return place.node?.range?.[0] ?? place.offset;
}

/** Reports a problem and returns undefined. */
export function complain(place: Place, what: string, hint: string | null = null): undefined {
  place.source.reportAt(offsetOf(place), place.path, what, hint);
  return undefined;
}

/** A description of the found value, for "expected …, found …". */
export function found(place: Place): string {
  const { node } = place;
  if (node === null) return "nothing";
  if (!isScalar(node)) return isSeq(node) ? "a list" : "a section";
  if (node.value === null) return "nothing";
  if (typeof node.value === "number") return String(node.value);
  return JSON.stringify(node.value)?.slice(0, 80) ?? "nothing";
}

export function inside(parent: Place, step: string, node: unknown, offset: number = offsetOf(parent)): Place {
  const path = step.startsWith("[") || parent.path === "" ? `${parent.path}${step}` : `${parent.path}.${step}`;
  return { source: parent.source, node: parent.source.resolve(node), path, offset };
}
