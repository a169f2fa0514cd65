/**
 * @typedef {object} Problem
 * @property {string} path      where it stands in serverless.yml, or a resource of the generated template
 * @property {unknown} received the value found there
 * @property {string} problem   what is wrong with it
 * @property {string[]} [known] the values that would do, if they can be listed
 * @property {string} remedy
 */

/** All problems in one message. */
function render(problems, stage) {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [`canary-guard refuses to package stage "${stage}": ${count}`, ...problems.map(renderOne)].join('\n\n');
}

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
