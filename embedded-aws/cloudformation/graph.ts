import type { VirtualClock } from '../clock';

/** Nodes with the nodes that each needs before itself; every node that is needed is in it. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** @returns The nodes of every circle, in the graph's order; empty when there is none. */
export function circles(graph: Graph): readonly string[] {
  const sorted = new Set(sort(graph));
  const stuck = new Map([...graph].filter(([node]) => !sorted.has(node)));
  // What merely depends on a circle is stuck too: sorted the other way round, it comes loose.
  const loose = new Set(sort(reversed(stuck)));
  return [...stuck.keys()].filter((node) => !loose.has(node));
}

/** @returns The graph with every arrow turned round; arrows to nodes outside are dropped. */
export function reversed(graph: Graph): Graph {
  const turned = new Map<string, string[]>([...graph.keys()].map((node) => [node, []]));
  for (const [node, needed] of graph) {
    for (const each of needed) turned.get(each)?.push(node);
  }
  return turned;
}

/**
 * Works on every node as soon as its needs are done, side by side, a task of the clock each.
 *
 * @param graph Without circles.
 * @returns A promise that settles when all have ended; a task awaits it through {@link VirtualClock.waitFor}.
 */
export function inOrder(clock: VirtualClock, graph: Graph, work: (node: string) => Promise<void>): Promise<unknown> {
  const done = new Map<string, Promise<void>>();
  for (const node of sort(graph)) {
    const needed = Promise.all(graph.get(node)!.map((each) => done.get(each)));
    done.set(
      node,
      clock.spawn(async () => {
        await clock.waitFor(needed);
        await work(node);
      }),
    );
  }
  return Promise.all(done.values());
}

/** @returns The nodes, needs first and otherwise in the graph's order; those in and behind circles are left out. */
export function sort(graph: Graph): readonly string[] {
  const sorted = new Set<string>();
  let left = [...graph.keys()];
  for (;;) {
    const ready = left.filter((node) => graph.get(node)!.every((each) => sorted.has(each) || !graph.has(each)));
    if (ready.length === 0) return [...sorted];
    for (const node of ready) sorted.add(node);
    left = left.filter((node) => !sorted.has(node));
  }
}
