/** @import { Model } from './model' */
const { alarmsOf, canariedFunctions, functionOf } = require('./names.js');

/**
 * Fills in `$[alias]` and `$[version]` in the names and dimensions of the alarms of canaried functions.
 *
 * An alarm on the whole function dilutes a tenth of the traffic in the other nine, so it has to be narrowed to the
 * version; but that version's logical id holds a hash that is known only while the service is packaged.
 *
 * @param {Model} model
 */
function fillPlaceholders(model) {
  const { service, naming, template } = model;
  for (const { name, settings } of canariedFunctions(model)) {
    const functionId = naming.getLambdaLogicalId(name);
    const values = {
      '$[alias]': `\${${functionId}}:${settings.alias}`,
      '$[version]': `\${${functionOf(service, name).versionLogicalId}.Version}`,
    };
    for (const id of alarmsOf(model, name).keys()) {
      const alarm = template.Resources[id];
      if (alarm) alarm.Properties = fill(alarm.Properties, values);
    }
  }
}

/**
 * @param {unknown} value
 * @param {Readonly<Record<string, string>>} values
 * @returns {unknown}
 */
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
