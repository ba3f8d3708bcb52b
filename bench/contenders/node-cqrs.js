// node-cqrs cannot be installed from a registry alone: its container comes from GitHub, which a lockfile cannot pin by its content.
const missing = () => {
  throw new Error(`node-cqrs 0.16.0 needs 'di6' from github.com, which the npm registry does not have`);
};

export default {
  id: 'node-cqrs',
  order: 15,
  title: 'node-cqrs',
  workloads: { w1: missing, w2: missing, w3: missing, w9a: missing },
};
