// gitlab-ci-local's bundle is made for Node.js 22; of what Node.js 20 lacks, it needs this alone to run here.
Set.prototype.union ??= function union(other) {
  return new Set([...this, ...other.keys()]);
};
