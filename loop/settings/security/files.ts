import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { SettingsError } from "../settings-error.ts";

const pemStart = "-----BEGIN ";

/**
 * The PEM text in a file, or the value itself where it is one. Throws a `SettingsError`.
 * @param named the setting, for people
 */
export function pemOf(value: string, named: string): string {
  if (value.includes(pemStart)) return value;
  const text = read(value, named);
  if (text.includes(pemStart)) return text;
  throw new SettingsError(
    `${named}: ${value} is no PEM file: convert it, for one with openssl pkcs12 or keytool -export -rfc`,
  );
}

/** The secret in a file, without a newline at its end. Throws a `SettingsError`. */
export function secretOf(path: string, named: string): string {
  const secret = read(path, named).replace(/\r?\n$/, "");
  if (secret === "") throw new SettingsError(`${named}: ${path} is empty`);
  return secret;
}

function read(path: string, named: string): string {
  const bytes = bytesOf(path, named);
  if (isUtf8(bytes)) return bytes.toString();
  throw new SettingsError(`${named}: ${path}: the text is not UTF-8`);
}

function bytesOf(path: string, named: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : code === "EACCES" ? "this user may not read it" : message;
    throw new SettingsError(`${named}: ${path}: ${why}`, error);
  }
}
