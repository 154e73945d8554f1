/**
 * The record's own value under a name from outside. `undefined` for `constructor`, `toString` and others that every
 * object inherits.
 */
export function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Sets an entry under a name from outside: an assignment to `__proto__` would change the record's inheritance. */
export function setOwn<T>(record: Record<string, T>, name: string, value: T): void {
  if (name !== "__proto__") record[name] = value;
  else Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}

/** V8 keeps no object of more names as one shape. */
const MOST_NAMES = 128;

/**
 * Makes objects of these names, each of one known shape: set one by one, the names would move the object again and
 * again. `undefined`: such names have no shape of their own.
 * @returns takes a value a name, in their order
 */
export function objectMaker(
  names: readonly string[],
): ((values: readonly unknown[]) => Record<string, unknown>) | undefined {
  if (names.length > MOST_NAMES || new Set(names).size < names.length || !names.every(isPlain)) return undefined;
  const entries = names.map((name, at) => `${JSON.stringify(name)}: values[${at}]`);
  // avsc makes its readers of records the same way. The names are quoted, and so are nothing but names.
  return new Function("values", `return { ${entries.join(", ")} };`) as ReturnType<typeof objectMaker>;
}

const isPlain = (name: string): boolean => name !== "__proto__" && !/^\d+$/.test(name);
