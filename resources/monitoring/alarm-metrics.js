'use strict';

const { physicalNamesOf } = require('../functions.js');

// The errors of one part's functions as one number. An alarm takes at most ten metrics (CloudWatch user guide, "Metric math").
const errorsOf = (part) => async ({ resolveVariable }) => {
  const names = await physicalNamesOf(resolveVariable, part);
  const metrics = names.map((name, index) => ({
    Id: `errors${index}`,
    ReturnData: false,
    MetricStat: {
      Stat: 'Sum',
      Period: 300,
      Metric: { Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions: [{ Name: 'FunctionName', Value: name }] },
    },
  }));
  const sum = { Id: 'errors', Expression: metrics.map(({ Id }) => `FILL(${Id}, 0)`).join(' + '), Label: 'Function errors' };
  return [sum, ...metrics];
};

// In the order of the files in serverless.yml.
module.exports.pipelineErrors = errorsOf(0);
module.exports.doorErrors = errorsOf(1);
module.exports.upkeepErrors = errorsOf(2);
