import type { VirtualClock } from '../clock';

/** Dependency graph: the nodes that each node depends on. Every node that is depended on is a key, too. */
type Graph = ReadonlyMap<string, readonly string[]>;

/** @returns The nodes of all circular dependencies, in the graph's order. */
export function circles(graph: Graph): readonly string[] {
  const sorted = new Set(sort(graph));
  const unsorted = new Map([...graph].filter(([node]) => !sorted.has(node)));
  // Nodes that only depend on a circle cannot be sorted either. Reversed, they can be.
  const dependents = new Set(sort(reversed(unsorted)));
  return [...unsorted.keys()].filter((node) => !dependents.has(node));
}

/** @returns The graph with every dependency reversed; dependencies on nodes outside of the graph are dropped. */
export function reversed(graph: Graph): Graph {
  const result = new Map<string, string[]>([...graph.keys()].map((node) => [node, []]));
  for (const [node, needed] of graph) {
    for (const dependency of needed) result.get(dependency)?.push(node);
  }
  return result;
}

/**
 * Works on every node as soon as the nodes it depends on are done, concurrently, in one task of the clock for each
 * node.
 *
 * @param graph Graph without circular dependencies.
 * @returns A promise that settles when all nodes are done; a task awaits it through {@link VirtualClock.waitFor}.
 */
export function inOrder(clock: VirtualClock, graph: Graph, work: (node: string) => Promise<void>): Promise<unknown> {
  const done = new Map<string, Promise<void>>();
  for (const node of sort(graph)) {
    const needed = Promise.all(graph.get(node)!.map((dependency) => done.get(dependency)));
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

/**
 * @returns The nodes, dependencies first and otherwise in the graph's order. Nodes in a circle, and those that depend
 * on them, are left out.
 */
export function sort(graph: Graph): readonly string[] {
  const sorted = new Set<string>();
  let left = [...graph.keys()];
  for (;;) {
    const ready = left.filter((node) =>
      graph.get(node)!.every((dependency) => sorted.has(dependency) || !graph.has(dependency)),
    );
    if (ready.length === 0) return [...sorted];
    for (const node of ready) sorted.add(node);
    left = left.filter((node) => !sorted.has(node));
  }
}
