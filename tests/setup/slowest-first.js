const { dirname } = require('node:path');
const Sequencer = require(
  require.resolve('@jest/test-sequencer', { paths: [dirname(require.resolve('jest/package.json')), __dirname] }),
).default;

/** What mostly waits, and takes longest: begun first, it is not waited for at the end. */
const SLOW = [/\/tests\/faults\//, /\/tests\/(setup|soak|processing|stories)\//];

/**
 * Jest begins with what took longest before; in a new checkout it does not know, and begins with the largest files. It
 * is plain JavaScript: jest does not compile its sequencer.
 */
class SlowestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const found = SLOW.findIndex(pattern => pattern.test(path));
      return found < 0 ? SLOW.length : found;
    };
    return super.sort(tests).sort((left, right) => rank(left) - rank(right));
  }
}

module.exports = SlowestFirst;
