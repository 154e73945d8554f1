import type { BlueprintContent } from "../blueprint.ts";
import type { KeySaid, KeysSaid } from "../key-reference.ts";
import type { Section } from "../yaml/section.ts";

/** What was read of another section, which is read now if it was not: sections may not need each other in a ring. */
export type Reading = <Read>(section: BlueprintSection<keyof BlueprintContent, Read>) => Read;

/**
 * One section of the YAML: everything that is known of it. `Read` is as much of it as could be read: a section that needs it is judged by that, so that one
 * mistake is told once.
 */
export interface BlueprintSection<Name extends keyof BlueprintContent = keyof BlueprintContent, Read = unknown> {
  readonly name: Name;
  /** Of the section itself. */
  readonly said: KeySaid;
  /** The keys below it, as the reference says them: `wait`, or `KIND.fields` where the file chooses the names between. */
  keys(): KeysSaid;
  /** Reads and checks it, absent keys filled in. `blueprint` is `undefined` where the file is no mapping. */
  read(blueprint: Section | undefined, of: Reading): Read;
  /** All of it; `undefined`: some of it was complained about. */
  whole(read: Read): BlueprintContent[Name] | undefined;
  /** Path → value, in the words of the YAML: what two blueprints are compared by, and people read. A null is `none`. */
  describe(
    content: BlueprintContent[Name],
    blueprint: BlueprintContent,
  ): Iterable<readonly [path: string, value: unknown]>;
  /**
   * What the version's hash is made of. Comments, layout, key order and written-out defaults don't change it. A key that a section gains later must stay
   * out of it (`undefined`) while it has its default: otherwise an upgrade renames every version in the topics.
   */
  canonical(content: BlueprintContent[Name], blueprint: BlueprintContent): unknown;
}

/** For sections that take no keys of their own. */
export const noKeys = (): KeysSaid => ({});
