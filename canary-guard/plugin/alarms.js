const { alarmsOf, canariedFunctions, deploymentSettings } = require('./names.js');

/**
 * Fills in `$[alias]` and `$[version]` in the names and dimensions of the alarms of canaried functions.
 *
 * An alarm on the whole function dilutes a tenth of the traffic in the other nine, so it has to be narrowed to the
 * version; but that version's logical id holds a hash that only packaging knows.
 */
function fillPlaceholders({ service, stage, naming, template }) {
  for (const name of canariedFunctions(service)) {
    const functionId = naming.getLambdaLogicalId(name);
    const values = {
      '$[alias]': `\${${functionId}}:${deploymentSettings(service, name).alias}`,
      '$[version]': `\${${service.functions[name].versionLogicalId}.Version}`,
    };
    for (const id of alarmsOf(service, name, stage).keys()) {
      const alarm = template.Resources[id];
      if (alarm) alarm.Properties = fill(alarm.Properties, values);
    }
  }
}

function fill(value, values) {
  if (Array.isArray(value)) return value.map((item) => fill(item, values));
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, values)]));
  }
  if (typeof value !== 'string' || !Object.keys(values).some((placeholder) => value.includes(placeholder)))
    return value;
  const text = Object.entries(values).reduce((filled, [from, to]) => filled.replaceAll(from, () => to), value);
  return { 'Fn::Sub': text };
}

module.exports = { fillPlaceholders };
