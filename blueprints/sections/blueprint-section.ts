import type { BlueprintContent } from "../blueprint.ts";
import type { KeySaid, KeysSaid } from "../key-reference.ts";
import type { Section } from "../yaml/section.ts";

/**
 * The result of another section, which is read now if it was not read before. Sections may not need each other in a
 * ring.
 */
export type Reading = <Read>(section: BlueprintSection<keyof BlueprintContent, Read>) => Read;

/**
 * One section of the YAML, with everything about it. `Read` is the readable part of it: a section that needs another
 * one is checked against that part, so one mistake is reported once.
 */
export interface BlueprintSection<Name extends keyof BlueprintContent = keyof BlueprintContent, Read = unknown> {
  readonly name: Name;
  /** The reference of the section itself. */
  readonly said: KeySaid;
  /** The keys below it, for the reference: `wait`, or `KIND.fields` if the file chooses the names between. */
  keys(): KeysSaid;
  /** Reads and checks it, and fills in absent keys. `blueprint` is `undefined` if the file is no mapping. */
  read(blueprint: Section | undefined, of: Reading): Read;
  /** All of it; `undefined`: some part was reported. */
  whole(read: Read): BlueprintContent[Name] | undefined;
  /** Path → value, in the words of the YAML, for comparisons and for people. A null is `none`. */
  describe(
    content: BlueprintContent[Name],
    blueprint: BlueprintContent,
  ): Iterable<readonly [path: string, value: unknown]>;
  /**
   * Its part of the version's hash. Comments, layout, key order and written-out defaults don't change it. A key that a
   * section gains later must stay out of it (`undefined`) while it has its default: otherwise an upgrade renames every
   * version in the topics.
   */
  canonical(content: BlueprintContent[Name], blueprint: BlueprintContent): unknown;
}

/** For sections that take no keys of their own. */
export const noKeys = (): KeysSaid => ({});
