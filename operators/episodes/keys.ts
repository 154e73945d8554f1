/** Names a decision among those of all keys. */
export interface FollowedKey {
  readonly key: string;
  readonly id: string;
  /** Decision time, ms. */
  readonly time: number;
}

/** Keys and ids may hold any character: with their lengths in front no two give one text. */
export const followedKey = ({ key, id, time }: FollowedKey): string => `${key.length} ${time} ${key}${id}`;

export function parseFollowedKey(text: string): FollowedKey {
  const [length, time] = text.split(" ", 2) as [string, string];
  const from = length.length + time.length + 2;
  const to = from + Number(length);
  return { key: text.slice(from, to), id: text.slice(to), time: Number(time) };
}
