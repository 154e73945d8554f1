import { expect, test } from "vitest";
import { GroupTasks } from "../../../../streams/backbones/kafka/group/group-tasks.ts";
import { Membership } from "../../../../streams/backbones/kafka/group/membership.ts";
import { kafkaSettings } from "../../../../streams/backbones/kafka/cluster/options.ts";
import type { Broker, Cluster } from "../../../../streams/backbones/kafka/cluster/wire.ts";

const lostConnection = Object.assign(new Error("closed"), { name: "KafkaJSConnectionClosedError", retriable: true });

test("a join whose answer is lost is repeated under the name that was given, and a join that is given up has it to leave with", async () => {
  const joinedAs: string[] = [];
  const named: string[] = [];
  const broker: Pick<Broker, "joinGroup"> = {
    joinGroup(request) {
      joinedAs.push(request.memberId);
      if (request.memberId === "") request.named?.("m-1");
      else membership.close();
      return Promise.reject(lostConnection);
    },
  };
  const cluster = {
    findGroupCoordinator: () => Promise.resolve(broker),
    refreshMetadata: () => Promise.resolve(),
  } as unknown as Cluster;
  const tasks = await GroupTasks.of([["t"]], { check: () => Promise.resolve(), known: () => 1 } as never);
  const events = { named: (id: string) => named.push(id), rebalancing() {}, lost() {}, failed() {} };
  const options = { groupId: "g", tasks, standbyReplicas: 0 };
  const membership: Membership = new Membership(cluster, options, kafkaSettings({ brokers: "127.0.0.1:1" }), events);
  await membership.join({ owned: [], standby: [] } as never);
  expect(joinedAs).toEqual(["", "m-1"]);
  expect(named).toEqual(["m-1"]);
  expect(membership.memberId).toBe("m-1");
});
