/** Shorter texts are too common to be told from others. */
const LEAST_LENGTH = 4;
const HIDDEN = "***";

/** Texts that this process must never show, in any error or log line from then on. */
const secrets = new Set<string>();

/** Hides passwords, tokens and the like, also in their forms in a URL, in JSON and in a header. */
export function keepSecret(...values: readonly string[]): void {
  for (const value of values) {
    if (value.length < LEAST_LENGTH) continue;
    secrets.add(value).add(encodeURIComponent(value)).add(JSON.stringify(value).slice(1, -1));
  }
}

/** Keeps a user's password secret, also as Basic authentication writes it. */
export function keepCredentials({
  username,
  password,
}: {
  readonly username: string;
  readonly password: string;
}): void {
  keepSecret(password, Buffer.from(`${username}:${password}`).toString("base64"));
}

/** An address for people: without user and password, query and fragment. */
export function shownAddress(address: string): string {
  return withoutSecrets(address)
    .replace(/^[^/?#]*@/, "")
    .replace(/[?#].*$/s, "");
}

/** A text for people: addresses in it lose user and password, and secrets are hidden. */
export function withoutSecrets(text: string): string {
  let shown = text.includes("@") ? text.replaceAll(/([a-z][a-z\d+.-]*:\/\/)[^\s"'<>]*@/gi, "$1") : text;
  for (const secret of secrets) if (shown.includes(secret)) shown = shown.replaceAll(secret, HIDDEN);
  return shown;
}

/** Hides secrets in the error itself, its stack, its fields and its causes. Returns the error. */
export function hideSecrets<E>(error: E, depth = 8): E {
  if (!(error instanceof Error) || depth === 0) return error;
  // Making a stack costs; it begins with the message and shows nothing else of the kind.
  const shows = withoutSecrets(error.message) !== error.message;
  for (const name of [...(shows ? ["stack", "message"] : []), ...Object.keys(error)]) {
    const value = (error as unknown as Record<string, unknown>)[name];
    if (typeof value !== "string") continue;
    const shown = withoutSecrets(value);
    if (shown !== value) Object.defineProperty(error, name, { value: shown, configurable: true, writable: true });
  }
  hideSecrets(error.cause, depth - 1);
  if (error instanceof AggregateError) for (const each of error.errors) hideSecrets(each, depth - 1);
  return error;
}
