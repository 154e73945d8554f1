/**
 * Gets the logs of a shop that chose what to show with known probabilities: the small sample of the Open Bandit Dataset
 * (Saito, Aihara, Matsutani and Narita 2020, arXiv 2008.07146; Apache-2.0), as the Python package obp has it. Run it
 * with `node examples/open-bandit/fetch.ts`: pip downloads the package from PyPI, and installs nothing. Without pip,
 * download the .tar.gz of https://pypi.org/project/obp/0.5.5/#files, and add its path to the command.
 *
 * It writes six logs of 10,000 decisions each, as files for an import; git ignores them.
 */
import { existsSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { archiveBytes, endWith, unpacked } from "../pypi/archive.ts";
import { logs, type BanditLog } from "./logs.ts";

const PACKAGE = {
  name: "obp",
  version: "0.5.5",
  sha256: "114bff280213cb06bee927afbfb6c81f2d42e846cc570bd0d50115abb3a91aee",
};
/** Of its columns; the first has no name. */
const COLUMNS = [
  "",
  "timestamp",
  "item_id",
  "position",
  "click",
  "propensity_score",
  "user_feature_0",
  "user_feature_1",
];

async function write(path: string, lines: readonly string[]): Promise<void> {
  // Another process may get them too.
  const partial = `${path}.${process.pid}.partial`;
  await writeFile(partial, `${lines.join("\n")}\n`);
  await rename(partial, path);
}

async function writeLog(archive: Buffer, { name, decisions, clicks }: BanditLog): Promise<void> {
  const [policy, campaign] = name.split("-");
  const member = `obp-0.5.5/obp/dataset/obd/${policy}/${campaign}/${campaign}.csv`;
  const [header, ...lines] = unpacked(archive, member).toString().trimEnd().split("\n");
  if (!header!.startsWith(COLUMNS.join(","))) throw new Error(`${member}:1: the columns are not those of the data set`);
  const rows = lines.map((line) => {
    const [index, timestamp, item, position, click, propensity, user0, user1] = line.split(",");
    return {
      decided: [`${name}-${index}`, new Date(timestamp!).toISOString(), item, position, propensity, user0, user1],
      clicked: Number(click) === 1,
    };
  });
  await write(clicks, [
    "decision_id,event_ts,clicked",
    ...rows.map(({ decided: [id, time], clicked }) => `${id},${time},${clicked}`),
  ]);
  await write(decisions, [
    "decision_id,decision_ts,item_id,position,propensity_score,user_feature_0,user_feature_1",
    ...rows.map(({ decided }) => decided.join(",")),
  ]);
}

await endWith(async () => {
  const archive = process.argv[2];
  if (archive === undefined && logs.every(({ decisions }) => existsSync(decisions)))
    return `the ${logs.length} logs are there already`;
  const whole = await archiveBytes(PACKAGE, archive);
  for (const log of logs) await writeLog(whole, log);
  return `${logs.length} logs in ${import.meta.dirname}`;
});
