/** The runtime's log for people. Fields come first, as pino takes them. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => undefined;

/** Says nothing. */
export const silent: Log = Object.freeze({ info: nothing, warn: nothing, error: nothing });
