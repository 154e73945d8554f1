import type { KeyReference } from "../key-reference.ts";
import type { Place } from "./place.ts";

/** What a missing key is, as the reference says it. */
export function wantedHint({ source, path }: Place): string | null {
  const key = source.reference().find((known) => isOf(path, known));
  if (key === undefined) return null;
  return `wanted: ${key.type.replaceAll("`", "")}${key.bounds === "" ? "" : `, ${key.bounds}`}`;
}

/** The place of a key that is not known at this one. */
export function belongsHint({ source, path }: Place, name: string): string | null {
  const reference = source.reference();
  if (reference.some((known) => isOf(path, known))) return "it does not go with the other keys here";
  const section = reference.find((known) => known.path === name);
  if (section !== undefined) return `${name} is a section of its own: begin its line at the first column`;
  // In other tools they are a learner's.
  if (name === "params") return null;
  const others = reference.filter((known) => known.path.split(".").at(-1) === name);
  const above = [...new Set(others.map((known) => known.path.split(".").slice(0, -1).join(".")))];
  return above.length === 0 || above.length > 3 ? null : `it is a key of ${above.join(" and ")}`;
}

/** Names that the file chooses are in capitals in the reference. */
function isOf(path: string, known: KeyReference): boolean {
  const steps = known.path.split(".");
  const given = path.split(".");
  return given.length === steps.length && steps.every((step, at) => step === given[at] || /^[A-Z]+$/.test(step));
}
