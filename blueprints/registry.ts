import { DomainError } from "../schemas/index.ts";

/** A part of blueprints that is one of several under a name: a feature kind, an aggregate. */
export interface Part {
  readonly name: string;
}

const NAME = /^[a-z][a-zA-Z0-9]*$/;

/**
 * The parts of one sort, by name. Parts are only ever added: a name never changes its meaning within a process, so
 * everything read of a blueprint stays right.
 */
export class Registry<P extends Part> {
  readonly #sort: string;
  readonly #parts = new Map<string, P>();

  /** @param sort in words: "label aggregate" */
  constructor(sort: string, parts: readonly P[]) {
    this.#sort = sort;
    for (const part of parts) this.#parts.set(part.name, part);
  }

  /** Throws if the name is taken, or can't be written in a blueprint. */
  add(part: P): void {
    if (!NAME.test(part.name)) {
      throw new DomainError(
        "BAD_PART",
        `"${part.name}" is no name of a ${this.#sort}: a small letter, then letters and digits`,
      );
    }
    if (this.#parts.has(part.name)) {
      throw new DomainError("BAD_PART", `there is a ${this.#sort} "${part.name}" already; give this one another name`);
    }
    this.#parts.set(part.name, part);
  }

  /** Throws for a name that is not registered. */
  get(name: string): P {
    const part = this.#parts.get(name);
    if (part === undefined) {
      const known = this.names().join(", ");
      throw new DomainError(
        "BAD_PART",
        `there is no ${this.#sort} "${name}" (known: ${known}); register it before it is used`,
      );
    }
    return part;
  }

  /** In the order of their registration. */
  all(): readonly P[] {
    return [...this.#parts.values()];
  }

  names(): readonly string[] {
    return [...this.#parts.keys()];
  }
}
