/** @import { Problem } from './model' */

/**
 * Renders all problems as one message.
 *
 * @param {readonly Problem[]} problems
 * @param {string} stage
 */
function render(problems, stage) {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [`canary-guard refuses to package stage "${stage}": ${count}`, ...problems.map(renderOne)].join('\n\n');
}

/** @param {Problem} problem */
function renderOne({ path, received, problem, known, remedy }) {
  return [
    path,
    `  received: ${received === undefined ? 'nothing' : JSON.stringify(received)}`,
    `  problem:  ${problem}`,
    ...(known ? [`  known:    ${known.join(', ') || 'none'}`] : []),
    `  remedy:   ${remedy}`,
  ].join('\n');
}

module.exports = { render };
