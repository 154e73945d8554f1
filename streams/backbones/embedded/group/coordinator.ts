import type { TopicPartition } from "../../../backbone/backbone.ts";

/** One partition of a set of co-partitioned topics: it moves as a whole. */
export interface Share {
  readonly id: string;
  readonly partitions: readonly TopicPartition[];
}

export interface Member {
  readonly id: number;
  /** Asks the member to poll, because its share has changed. */
  readonly wake: () => void;
  readonly owned: Map<string, Share>;
  target: ReadonlyMap<string, Share>;
}

/**
 * The members of one group. A share's owner first gives it back; only then is it handed on, so two members never hold
 * it at once. A member keeps the shares that it has and may keep.
 */
export class Coordinator {
  readonly #members = new Map<number, Member>();
  #shares: readonly Share[] = [];
  #lastId = 0;

  join(shares: readonly Share[], wake: () => void): Member {
    this.#shares = shares;
    const member: Member = { id: ++this.#lastId, wake, owned: new Map(), target: new Map() };
    this.#members.set(member.id, member);
    this.#balance();
    return member;
  }

  leave(member: Member): void {
    member.owned.clear();
    if (this.#members.delete(member.id)) this.#balance();
  }

  owns(member: Member, at: TopicPartition): boolean {
    for (const share of member.owned.values()) {
      if (share.partitions.some((held) => held.topic === at.topic && held.partition === at.partition)) return true;
    }
    return false;
  }

  toRevoke(member: Member): readonly Share[] {
    return [...member.owned.values()].filter((share) => !member.target.has(share.id));
  }

  /** Shares meant for the member that nobody else still holds. */
  toAssign(member: Member): readonly Share[] {
    return [...member.target.values()].filter(
      (share) => !member.owned.has(share.id) && ![...this.#members.values()].some((other) => other.owned.has(share.id)),
    );
  }

  released(member: Member, shares: readonly Share[]): void {
    for (const share of shares) member.owned.delete(share.id);
    for (const other of this.#members.values()) if (other !== member) other.wake();
  }

  #balance(): void {
    const members = [...this.#members.values()];
    if (members.length === 0) return;
    const most = Math.ceil(this.#shares.length / members.length);
    const targets = new Map(members.map((member) => [member, new Map<string, Share>()]));
    const loose: Share[] = [];
    for (const share of this.#shares) {
      const owner = members.find((member) => member.owned.has(share.id));
      const target = owner && targets.get(owner)!;
      if (target && target.size < most) target.set(share.id, share);
      else loose.push(share);
    }
    for (const share of loose) {
      const [, target] = [...targets].reduce((least, next) => (next[1].size < least[1].size ? next : least));
      target.set(share.id, share);
    }
    for (const [member, target] of targets) {
      member.target = target;
      member.wake();
    }
  }
}
