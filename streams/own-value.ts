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
